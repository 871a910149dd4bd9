import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { approved, bob, denialRow, password, row } from "../builders.ts";
import { denials, ndjson, temporaryFolder, without, type Report } from "../cli/terminal.ts";
import { mfaDeny, start } from "./cliProgram.ts";
import { isWhole } from "../cases.ts";

const dieAt = fileURLToPath(new URL("cliDieAt.mjs", import.meta.url));

const first = ndjson([...denials("09:00", 5), ...denials("09:30", 5)]);
const second = ndjson([
  denialRow("09:19"),
  row({ at: "09:45", resultType: "0", steps: [password("09:44:40"), approved("09:45")] }),
  ...denials("12:00", 6, { user: bob }),
]);

/** Everything that must be equal in the end, however often a run died. */
function endOf(folder: string): unknown {
  const out = join(folder, "out");
  const incidents = existsSync(out)
    ? readdirSync(out)
        .filter((name) => name.endsWith(".json"))
        .map((name) => {
          const { properties, tasks, comments } = JSON.parse(
            readFileSync(join(out, name), "utf8"),
          ) as { properties: object; tasks: object; comments: readonly { name: string }[] };
          // How a comment puts it depends on whether the run that wrote it also decided it.
          return { name, properties, tasks, comments: comments.map((comment) => comment.name) };
        })
    : [];
  const state = JSON.parse(readFileSync(join(folder, "state", "state.json"), "utf8")) as {
    heads: unknown;
  };
  return { incidents, heads: state.heads };
}

function factsOf(out: string): unknown {
  return (JSON.parse(out) as Report).findings.map((finding) =>
    without(finding, "action", "reason"),
  );
}

describe("a process that is killed before any single step", () => {
  test("leaves the old state or the new, and the next run makes up for it, nothing twice", async () => {
    const args = (folder: string) => [
      "detect",
      "-",
      "--format",
      "json",
      "--state",
      join(folder, "state"),
      "--out",
      join(folder, "out"),
    ];
    const begun = temporaryFolder();
    await mfaDeny(args(begun), { stdin: first });
    const before = readFileSync(join(begun, "state", "state.json"), "utf8");
    const begin = () => {
      const folder = temporaryFolder();
      cpSync(begun, folder, { recursive: true });
      return folder;
    };
    const undisturbed = begin();
    const { out } = await mfaDeny(args(undisturbed), { stdin: second });
    const facts = factsOf(out);
    const end = endOf(undisturbed);

    let steps = 0;
    const stride = isWhole ? 1 : 6;
    for (let step = 1; ; step += stride) {
      const folder = begin();
      const killed = await mfaDeny(args(folder), {
        stdin: second,
        node: ["--import", dieAt],
        env: { DIE_AT: String(step) },
      });
      const after = readFileSync(join(folder, "state", "state.json"), "utf8");
      if (killed.signal === null) {
        expect(killed).toMatchObject({ code: 0, err: "" });
        break;
      }
      steps++;
      expect(killed).toMatchObject({ signal: "SIGKILL", out: "" });
      expect(after === before || JSON.stringify(endOf(folder)).includes(bob.name)).toBe(true);
      const again = await mfaDeny(args(folder), { stdin: second });
      expect(again).toMatchObject({ code: 0, err: "" });
      expect(factsOf(again.out)).toEqual(facts);
      expect(endOf(folder)).toEqual(end);
    }
    expect(steps * stride).toBeGreaterThan(10);
  }, 300_000);
});

describe("an interrupted run", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s exits with 130, nothing on standard output, nothing written, nothing temporary left",
    async (signal) => {
      const folder = temporaryFolder();
      const temporary = join(folder, "tmp");
      mkdirSync(temporary);
      for (const more of [[], ["--state", join(folder, "s", "state")]]) {
        const { child, ended } = start(["detect", "-", "--out", join(folder, "out"), ...more], {
          stdin: null,
          env: { TMPDIR: temporary },
        });
        child.stdin?.write(first);
        await until(
          () => readdirSync(temporary).length > 0 || existsSync(join(folder, "s", "state")),
        );
        child.kill(signal);
        expect(await ended).toEqual({
          code: 130,
          signal: null,
          out: "",
          err: "mfa-deny: interrupted; nothing was written\n",
        });
        expect(readdirSync(folder)).toEqual(["tmp"]);
        expect(readdirSync(temporary)).toEqual([]);
      }
    },
  );

  test("leaves the state of the run before as it was", async () => {
    const state = join(temporaryFolder(), "state");
    await mfaDeny(["detect", "-", "--state", state], { stdin: first });
    const before = readdirSync(state).map((name) => readFileSync(join(state, name), "utf8"));
    const { child, ended } = start(["detect", "-", "--state", state], { stdin: null });
    child.stdin?.write(second);
    await until(() => readdirSync(state).some((name) => name.startsWith("lock.")));
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(readdirSync(state).map((name) => readFileSync(join(state, name), "utf8"))).toEqual(
      before,
    );
  });
});

describe("two processes over one state", () => {
  test("at once: the second is told who has it, and the first goes on", async () => {
    const state = join(temporaryFolder(), "state");
    const holder = start(["detect", "-", "--state", state], { stdin: null });
    await until(
      () => existsSync(state) && readdirSync(state).some((name) => name.startsWith("lock.")),
    );
    const { code, out, err } = await mfaDeny(["detect", "-", "--state", state], { stdin: second });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(
      new RegExp(
        `^mfa-deny: ${state}: in use by process ${holder.child.pid} on [^\\n]+; wait for it to end, or remove [^\\n]+ if it has\\n$`,
      ),
    );
    holder.child.stdin?.end(first);
    expect(await holder.ended).toMatchObject({ code: 0 });
    expect(readdirSync(state).filter((name) => name.startsWith("lock."))).toEqual([]);
  });

  test("started together: what one of them recorded is never lost", async () => {
    const state = join(temporaryFolder(), "state");
    const people = ["ann", "ben", "cleo", "dan"].map((name) => ({
      name: `${name}@contoso.com`,
      id: name,
    }));
    const ended = await Promise.all(
      people.map((user) =>
        mfaDeny(["detect", "-", "--state", state], {
          stdin: ndjson(denials("09:00", 5, { user })),
        }),
      ),
    );
    for (const { code, err } of ended) {
      expect([0, 2]).toContain(code);
      if (code === 2) {
        expect(err).toContain(`${state}: in use by process`);
      }
    }
    const { out } = await mfaDeny(["detect", "-", "--state", state, "--format", "json"]);
    const recorded = (JSON.parse(out) as Report).findings.map(({ user }) => user);
    const succeeded = people.filter((_, index) => ended[index]?.code === 0).map(({ name }) => name);
    expect(recorded).toEqual(succeeded);
  });

  test("one after a kill -9: its lock is taken over", async () => {
    const state = join(temporaryFolder(), "state");
    const holder = start(["detect", "-", "--state", state], { stdin: null });
    await until(
      () => existsSync(state) && readdirSync(state).some((name) => name.startsWith("lock.")),
    );
    holder.child.kill("SIGKILL");
    await holder.ended;
    expect(readdirSync(state)).toHaveLength(1);
    expect(await mfaDeny(["detect", "-", "--state", state], { stdin: first })).toMatchObject({
      code: 0,
      err: "",
    });
    expect(readdirSync(state).some((name) => name.startsWith("lock."))).toBe(false);
  });
});

test("a disk that is full in the middle leaves the old state and says so in one sentence", async () => {
  const folder = temporaryFolder();
  const state = join(folder, "state");
  await mfaDeny(["detect", "-", "--state", state], { stdin: first });
  const before = readFileSync(join(state, "state.json"), "utf8");
  // A link that leads to the device that is always full, where the next journal will be.
  writeFileSync(join(folder, "full.mjs"), fullDisk);
  const { code, out, err } = await mfaDeny(["detect", "-", "--state", state], {
    stdin: second,
    node: ["--import", join(folder, "full.mjs")],
  });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^mfa-deny: [^\n]+-0000\d\d\.ndjson: cannot be written \(ENOSPC\)\n$/);
  expect(readFileSync(join(state, "state.json"), "utf8")).toBe(before);
  expect(await mfaDeny(["detect", "-", "--state", state], { stdin: second })).toMatchObject({
    code: 0,
  });
});

const fullDisk = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const openSync = fs.openSync;
fs.openSync = (path, ...rest) => openSync(String(path).endsWith(".ndjson") ? "/dev/full" : path, ...rest);
syncBuiltinESMExports();
`;

/** Waits for what another process does. */
async function until(happened: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (happened()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not happen within five seconds");
}
