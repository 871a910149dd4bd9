/** Incidents that grow over runs, through the real adapter, beside analysts who work on them. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sentinelIncidents } from "../../../src/sinks/sentinel/sentinelIncidents.ts";
import { longestDescription } from "../../../src/detection/incidents/incident.ts";
import { analystTasks } from "../../../src/detection/incidents/analystTasks.ts";
import type { BlindPut } from "../../../standins/sentinel/resource.ts";
import {
  startSentinel,
  type Sentinel,
  type SentinelOptions,
} from "../../../standins/sentinel/startSentinel.ts";
import { incidentApiSink } from "../../../src/sinks/sentinel/incidentApi.ts";
import type { IncidentSink } from "../../../src/run/ports.ts";
import { approved, denialRow, fraudReported, row } from "../../builders.ts";
import { Bench, minute, refusals } from "../../run/bench.ts";
import { momentOf, publish } from "../../run/fakeLog.ts";
import { approvedIncident, id, incident } from "../../run/incidents.ts";
import { certificate, connection, credential, failureOf } from "../../azure/wire.ts";

const resourceId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel";

let sentinel: Sentinel;
let sink: IncidentSink;

async function start(options: Partial<SentinelOptions> = {}): Promise<void> {
  sentinel = await startSentinel({ ...certificate, ...options });
  const api = sentinelIncidents({
    endpoint: sentinel.url,
    audience: "https://management.azure.com",
    credential: credential(),
    connection,
  })(resourceId);
  sink = incidentApiSink("sentinel", api);
}

beforeEach(() => start());
afterEach(() => sentinel.stop());

const only = () => {
  const [first, ...others] = sentinel.incidents();
  if (first === undefined || others.length > 0) {
    throw new Error("there is not one incident");
  }
  return first;
};
const comments = (of = only().name) =>
  sentinel.comments(of).map(({ properties }) => properties.message);

/** Five refusals from nine on; more may come. */
const incidentTasks = analystTasks.length;
const begin = () => new Bench("09:30", publish(refusals("09:00", 5)), { sinks: [sink] });
const approval = (at: string) => row({ at, resultType: "0", steps: [approved(at)] });

describe("a burst that grows", () => {
  test("brings its incident up to date, and describes what is new in one comment per run", async () => {
    const bench = begin();
    await bench.run("09:30");
    const before = only().properties;
    bench.log.add(publish(refusals("09:10", 2), "09:31"));
    await bench.run("09:35");
    const after = only().properties;
    expect(after.title).toBe(before.title);
    expect([before.lastActivityTimeUtc, after.lastActivityTimeUtc]).toEqual([
      "2026-03-10T09:04:00.000Z",
      "2026-03-10T09:11:00.000Z",
    ]);
    expect(after.description).toContain("refused **7 MFA prompts** within 11 minutes");
    expect(comments()).toEqual([
      expect.stringMatching(/^Update \(grew\): 7 denials, 2 more than before, from .* UTC\.$/),
    ]);
    await bench.run("09:40");
    expect(comments()).toHaveLength(1);
  });

  test("to a user who approves has its severity raised, and its comment says so", async () => {
    const bench = begin();
    await bench.run("09:30");
    bench.log.add(publish([approval("09:20")], "09:34"));
    await bench.run("09:40");
    expect(only().properties.severity).toBe("High");
    expect(only().properties.labels.map(({ labelName }) => labelName)).toContain("approved-after");
    expect(comments()).toEqual([
      expect.stringMatching(
        /^Update \(approved-after\).*\nSeverity raised from Medium to High\.\n\*\*16 minutes later a prompt was APPROVED\*\*/,
      ),
    ]);
  });
});

describe("a service that says 409 of every second write, for an hour", () => {
  const newerVersion = {
    status: 409,
    code: "Conflict",
    message: "New version of resource exists.",
  };
  const everySecond = () => {
    let writes = 0;
    sentinel.fail(newerVersion, {
      times: Infinity,
      match: ({ method }) => method === "PUT" && ++writes % 2 === 0,
    });
  };

  test("gets incident, tasks and each change in the run that found it, once", async () => {
    everySecond();
    const bench = begin();
    expect((await bench.run("09:30")).errors).toEqual([]);
    expect(sentinel.tasks(only().name)).toHaveLength(incidentTasks);
    for (let change = 1; change <= 11; change++) {
      const at = momentOf("09:30") + change * 5 * minute;
      bench.log.add(publish(refusals(momentOf("09:04") + change * minute, 1), at - 4 * minute));
      expect((await bench.run(at)).errors).toEqual([]);
      expect(comments()).toHaveLength(change);
    }
    expect(only().properties.description).toContain("refused **16 MFA prompts**");
    expect(new Set(comments()).size).toBe(11);
    for (const comment of comments()) {
      expect(comment).toMatch(/^Update \(grew\): \d+ denials, 1 more than before/);
    }
  });

  test("of every write: what is told in the end is the whole change since the last that was told", async () => {
    const bench = begin();
    await bench.run("09:30");
    sentinel.fail({ status: 503 }, { times: Infinity, match: ({ method }) => method === "PUT" });
    bench.log.add(publish(refusals("09:10", 2), "09:31"));
    expect((await bench.run("09:35")).errors).not.toEqual([]);
    bench.log.add(publish(refusals("09:12", 1), "09:36"));
    await bench.run("09:39");
    sentinel.heal();
    await bench.run("10:30");
    expect(comments()).toEqual([expect.stringContaining("8 denials, 3 more than before")]);
  });
});

describe("a workspace that joined Defender", () => {
  test("shows no description, which is no edit: it is brought up to date, and never emptied", async () => {
    const bench = begin();
    await bench.run("09:30");
    sentinel.joinDefender();
    bench.log.add(publish(refusals("09:10", 2), "09:31"));
    await bench.run("09:35");
    expect(only().properties.description).toContain("refused **7 MFA prompts**");
    expect(comments()).toEqual([expect.not.stringContaining("Edited here")]);
  });
});

describe("an analyst who edits the incident between two runs", () => {
  test.each(["overwrite", "conflict"] satisfies BlindPut[])(
    "finds status, owner, severity, title and description as they left them (a blind PUT: %s)",
    async (blindPut) => {
      await sentinel.stop();
      await start({ blindPut });
      const bench = begin();
      await bench.run("09:30");
      const edits = {
        status: "Active",
        severity: "Low",
        title: "Alice's new phone",
        description: "Called her: she is setting up a phone.",
        owner: {
          objectId: "00000000-0000-0000-0000-00000000ada0",
          email: "ada@contoso.com",
          userPrincipalName: "ada@contoso.com",
          assignedTo: "Ada",
        },
      } as const;
      sentinel.edit(only().name, edits);
      bench.log.add(publish([...refusals("09:10", 2), approval("09:20")], "09:31"));
      await bench.run("09:40");
      expect(only().properties).toMatchObject({
        ...edits,
        lastActivityTimeUtc: "2026-03-10T09:11:00.000Z",
      });
      expect(comments()).toHaveLength(1);
      expect(comments()[0]).toContain("\nSeverity raised from Medium to High.\n");
      expect(comments()[0]).toMatch(
        /\nEdited here, so left as it is: severity \(Low\), description\.$/,
      );
    },
  );

  test("who only lowered the severity gets no other comment", async () => {
    const bench = begin();
    await bench.run("09:30");
    sentinel.edit(only().name, { severity: "Informational" });
    bench.log.add(publish(refusals("09:10", 2), "09:31"));
    await bench.run("09:40");
    expect(only().properties).toMatchObject({ severity: "Informational" });
    expect(only().properties.description).toContain("**7 MFA prompts**");
    expect(comments()[0]).toMatch(/left as it is: severity \(Informational\)\.$/);
  });

  test("who closed it gets one comment, which is overwritten, and no other change", async () => {
    for (const blindPut of ["overwrite", "conflict"] as const) {
      await sentinel.stop();
      await start({ blindPut });
      const bench = begin();
      await bench.run("09:30");
      sentinel.edit(only().name, { status: "Closed", classification: "BenignPositive" });
      const closed = only().properties;
      for (const [at, count] of [
        ["09:35", 6],
        ["09:45", 7],
      ] as const) {
        const next = momentOf("09:04") + (count - 5) * 7 * minute;
        bench.log.add(publish([denialRow(next)], momentOf(at) - 2 * minute - 1));
        await bench.run(at);
        expect(comments()).toEqual([
          expect.stringMatching(
            new RegExp(
              `^More came to light after this incident was closed\\.\n.*\\*\\*${count} MFA`,
            ),
          ),
        ]);
      }
      const { lastModifiedTimeUtc: _, additionalData: __, ...rest } = only().properties;
      expect(closed).toMatchObject(rest);
    }
  });

  test.each([
    ["an approval", () => approval("09:20")],
    ["a report of fraud", () => row({ at: "09:12", steps: [fraudReported("09:12")] })],
  ])("who closed it gets one further incident for %s", async (_, news) => {
    const bench = begin();
    await bench.run("09:30");
    const { name: first } = only();
    sentinel.edit(first, { status: "Closed", classification: "BenignPositive" });
    bench.log.add(publish([news()], "09:34"));
    await bench.run("09:40");
    bench.log.add(publish(refusals("09:18", 1), "09:44"));
    await bench.run("09:50");
    expect(sentinel.incidents()).toHaveLength(2);
    const further = sentinel.incidents().find(({ name }) => name !== first);
    expect(further?.properties).toMatchObject({
      status: "New",
      severity: "High",
      title: "After closing: MFA push attack on alice@contoso.com",
    });
    expect(further?.properties.description).toContain(`Incident ${first} was closed; an approval`);
    expect(further?.properties.labels.map(({ labelName }) => labelName)).toContain(
      "approved-after-close",
    );
    expect(sentinel.tasks(further?.name ?? "")).toHaveLength(4);
    expect(comments(first)).toHaveLength(1);
  });
});

describe("a service that throttles", () => {
  test.each([true, false])(
    "in the middle of tasks and comments gets everything once in the end (Retry-After: %s)",
    async (retryAfter) => {
      await sentinel.stop();
      let now = momentOf("09:30");
      // More than one client waits for within a run.
      await start({
        clock: () => now,
        throttle: { requests: 3, windowMs: 5 * minute, retryAfter },
      });
      const bench = new Bench("09:30", publish(refusals("09:00", 5)), { sinks: [sink] });
      let failures = 0;
      for (let run = 0; run < 40; run++) {
        now = momentOf("09:30") + run * 5 * minute;
        if (run === 6) {
          bench.log.add(publish(refusals("09:10", 2), now - 3 * minute));
        }
        if (run === 12) {
          bench.log.add(publish([approval("09:20")], now - 3 * minute));
        }
        failures += (await bench.run(now)).failed;
      }
      expect(failures).toBeGreaterThan(0);
      expect(sentinel.requests.some(({ status }) => status === 429)).toBe(true);
      expect(sentinel.tasks(only().name)).toHaveLength(4);
      expect(
        new Set(sentinel.tasks(only().name).map(({ properties }) => properties.title)).size,
      ).toBe(4);
      expect(only().properties).toMatchObject({ severity: "High" });
      expect(only().properties.description).toContain("**7 MFA prompts**");
      // One comment for a change that was told; a later one may have overtaken it.
      expect(comments().at(-1)).toContain("Update (approved-after): 7 denials");
      expect(new Set(comments()).size).toBe(comments().length);
      expect(comments().length).toBeLessThanOrEqual(2);
      expect(bench.due().every((item) => item.incident === null)).toBe(true);
    },
    60_000,
  );
});

test("growth is reported even if it is unknown whether the incident was opened, and an opening is not", async () => {
  sentinel.fail({ status: 403 }, { match: ({ path }) => /tasks/.test(path) });
  await failureOf(sink.deliver(incident(1)));
  sentinel.fail({ status: 403 }, { match: ({ path }) => /comments/.test(path) });
  await failureOf(sink.deliver(incident(2)));
  expect(only().properties.description).toBe(incident(2).text.description);
  expect(comments()).toEqual([]);
  await sink.deliver(incident(2));
  expect(comments()).toEqual(["Update (grew): revision 2."]);
  expect(sentinel.tasks(id)).toHaveLength(2);
});

describe("the limits of the platform", () => {
  /** That have a comment of their own, the last of them with all later ones. */
  const changes = 50;

  const grow = async (from: number, to: number) => {
    for (let revision = from; revision <= to; revision++) {
      await sink.deliver(incident(revision, { sentRevision: revision - 1 }));
    }
  };

  test(`of comments: from the ${changes}th change on, the last is written anew and says so`, async () => {
    await sink.deliver(incident(1));
    await grow(2, 120);
    expect(comments()).toHaveLength(changes);
    expect(comments().at(-2)).toBe(`Update (grew): revision ${changes}.`);
    expect(comments().at(-1)).toBe(
      "Update (grew): revision 120.\n(Change 119 of this incident; from the 50th on, each replaces the one before.)",
    );
    expect(only().properties.description).toBe(incident(120).text.description);
  });

  test("of comments: an incident that others filled is brought up to date without one", async () => {
    await sink.deliver(incident(1));
    await grow(2, 3);
    const api = sentinelIncidents({
      endpoint: sentinel.url,
      audience: "https://management.azure.com",
      credential: credential(),
      connection,
    })(resourceId);
    const theirs = Array.from({ length: 98 }, () => randomUUID());
    for (const each of theirs) {
      await api.putComment(id, each, "Looked at it.");
    }
    expect(comments()).toHaveLength(100);
    await sink.deliver({ ...approvedIncident(4), sentRevision: 3 });
    expect(only().properties).toMatchObject({ severity: "High" });
    expect(comments()).toHaveLength(100);
    await sink.noteMerge(id, "the-keeper");
    // What passes is waited for all the same, and what is missing is said where there is room.
    sentinel.fail({ status: 503 }, { times: Infinity, match: ({ path }) => /comments/.test(path) });
    expect((await failureOf(sink.noteMerge(id, "the-keeper"))).retryable).toBe(true);
    sentinel.heal();
    await api.putComment(id, theirs[0] ?? "", "Looked at it again.");
    expect(comments()).toContain("Looked at it again.");
  });

  test("of comments: a refusal for another reason is an error", async () => {
    await sink.deliver(incident(1));
    sentinel.fail({ status: 400 }, { match: ({ path }) => /comments/.test(path) });
    expect((await failureOf(sink.deliver(incident(2, { sentRevision: 1 })))).message).toContain(
      "400",
    );
  });

  test("of tasks: no more than fit beside those of others", async () => {
    await sink.deliver(incident(1, { tasks: [] }));
    const api = sentinelIncidents({
      endpoint: sentinel.url,
      audience: "https://management.azure.com",
      credential: credential(),
      connection,
    })(resourceId);
    const task = { title: "Ours", description: "", status: "New" };
    for (let n = 0; n < 39; n++) {
      await api.putTask(id, randomUUID(), task);
    }
    await sink.deliver(incident(2));
    expect(sentinel.tasks(id)).toHaveLength(40);
    expect(sentinel.tasks(id).at(-1)?.properties.title).toBe("Ask");
    await sink.deliver(incident(3));
    expect(sentinel.tasks(id)).toHaveLength(40);
  });

  test("of descriptions: that of a further incident is cut, and says so", async () => {
    const long = "x".repeat(longestDescription - 100);
    const plain = incident(1);
    await sink.deliver({ ...plain, text: { ...plain.text, description: long } });
    sentinel.edit(id, { status: "Closed", classification: "BenignPositive" });
    const news = approvedIncident(2);
    await sink.deliver({ ...news, text: { ...news.text, description: long } });
    const further = sentinel.incidents().find(({ name }) => name !== id)?.properties.description;
    expect(further).toHaveLength(longestDescription);
    expect(further?.endsWith("\n[cut: too long for the incident]")).toBe(true);
  });

  test("of what is read: more tasks than a page holds are none of ours", async () => {
    await sink.deliver(incident(1));
    const names = new Set(sentinel.tasks(id).map(({ name }) => name));
    await sink.deliver(incident(2));
    expect(new Set(sentinel.tasks(id).map(({ name }) => name))).toEqual(names);
  });
});

describe("a request that is repeated because its answer was lost", () => {
  test.each(["overwrite", "conflict"] satisfies BlindPut[])(
    "leaves tasks and comments once (a blind PUT: %s)",
    async (blindPut) => {
      await sentinel.stop();
      await start({ blindPut });
      const lose = () =>
        sentinel.fail(
          { cut: "after" },
          {
            times: 2,
            match: ({ method, path }) => method === "PUT" && /tasks|comments/.test(path),
          },
        );
      lose();
      await sink.deliver(incident(1));
      lose();
      await sink.deliver(incident(2, { sentRevision: 1 }));
      expect(sentinel.tasks(id)).toHaveLength(2);
      expect(comments()).toEqual(["Update (grew): revision 2."]);
    },
  );
});
