import { describe, expect, it } from "vitest";
import { shownName, type Account } from "../../src/detection/signin/account.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { detectRecords, type RecordsReport, type RecordsRun } from "../../src/run/detectRecords.ts";
import { nothingSeen } from "../../src/run/inputSeen.ts";
import { wholly } from "../../src/run/extract.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { noPlace, type LogEntry, type SignInFiles } from "../../src/run/signInFiles.ts";
import {
  alice,
  approved,
  bob,
  denialRow,
  noResponse,
  row,
  tenantId,
  time,
  type Person,
  type Row,
} from "../builders.ts";
import { MemoryLedger } from "../laws/runs.ts";
import { around } from "./around.ts";
import {
  denyThenApprove,
  explicitDeny,
  forgetful,
  minute,
  personNamed,
  refusals,
} from "./bench.ts";
import { excluding } from "../detection/builders.ts";

type Entry = Row | LogEntry;

/** What runs over files remember, and what the files were asked for. */
class Memory {
  readonly #state = new MemoryStore();
  store = forgetful(this.#state);
  readonly ledger = new MemoryLedger();
  /** Rows that files leave aside until they are asked for the approvals of some accounts. */
  aside: readonly Row[] = [];
  readonly asked: (readonly string[])[] = [];
  readonly bad: (readonly [reason: string, line: number | null])[] = [];

  run(entries: readonly Entry[], more: Partial<RecordsRun> = {}): Promise<RecordsReport> {
    const files: SignInFiles = {
      read: (options) => wholly(batchesOf(entries)).read(options),
      approvals: (accounts) => this.#leftAside(accounts),
      seen: () => nothingSeen,
    };
    return detectRecords(files, this, {
      rules: [explicitDeny],
      asOf: null,
      from: -Infinity,
      to: Infinity,
      onBad: (reason, place) => this.bad.push([reason, place.line]),
      ...more,
    });
  }

  recorded() {
    return this.#state.snapshot().heads.flatMap(({ bursts }) => bursts);
  }

  async *#leftAside(accounts: readonly Account[]) {
    this.asked.push(accounts.map(shownName));
    for await (const { approvals } of wholly(batchesOf(this.aside)).read({})) {
      yield* approvals;
    }
  }
}

/** One by one; a row's line is how many came before it. */
async function* batchesOf(entries: readonly Entry[]): AsyncGenerator<readonly LogEntry[]> {
  for (const [line, each] of entries.entries()) {
    yield [isEntry(each) ? each : { kind: "record", record: each, place: { ...noPlace, line } }];
  }
}

function isEntry(each: Entry): each is LogEntry {
  return "kind" in each;
}

const approval = (at: string, more: { user?: Person; published?: string } = {}) =>
  row({ ...more, at, resultType: "0", steps: [approved(at)] });

describe("a run over files", () => {
  it("reports what was read, what the prompts came to and what was found", async () => {
    const memory = new Memory();
    const unanswered = row({ at: "09:10", steps: [noResponse("09:10")] });
    const { counts, outcomes, denials, findings, merged } = await memory.run([
      ...refusals("09:00", 5),
      unanswered,
    ]);
    expect(counts).toMatchObject({ rows: 6, classified: 6 });
    expect([outcomes.denied, outcomes.noResponse, denials]).toEqual([5, 1, 5]);
    expect(findings).toMatchObject([
      {
        rule: explicitDeny,
        subject: { rule: explicitDeny.id, workspaceId: null, tenantId, user: alice.id },
        decision: { action: "open", reason: "first-seen" },
        finding: { facts: { denials: 5, atLeast: false, firstDenialAt: time("09:00") } },
      },
    ]);
    expect(merged).toEqual([]);
    expect(memory.recorded()).toMatchObject([{ facts: { denials: 5 } }]);
  });

  it("reports each record that cannot be used, with its place", async () => {
    const memory = new Memory();
    const { counts } = await memory.run([
      ...refusals("09:00", 1),
      { kind: "bad", reason: "not JSON", place: { ...noPlace, line: 7 } },
    ]);
    expect(counts).toMatchObject({ rows: 2, badRecords: 1 });
    expect(memory.bad).toEqual([["not JSON", 7]]);
  });

  it("ends where a bad record is not to be borne", async () => {
    const onBad = () => {
      throw new Error("strict");
    };
    const run = new Memory().run(
      [{ kind: "bad", reason: "not JSON", place: { ...noPlace, line: 1 } }],
      { onBad },
    );
    await expect(run).rejects.toThrow("strict");
  });

  it("sets aside what every rule excludes", async () => {
    const rules = [{ ...explicitDeny, scope: excluding({ users: [alice.name] }) }];
    const { counts, findings } = await new Memory().run(refusals("09:00", 5), { rules });
    expect(counts.setAside.excluded).toBe(5);
    expect(findings).toEqual([]);
  });

  it("finds an account by each rule that it breaks, and by no other", async () => {
    const rules = [explicitDeny, { ...explicitDeny, id: "more", family: "more", threshold: 6 }];
    const { findings } = await new Memory().run(
      [...refusals("09:00", 5), ...refusals("09:00", 6, bob)],
      { rules },
    );
    expect(findings.map(({ rule, subject }) => [rule.id, shownName(subject)])).toEqual([
      [explicitDeny.id, alice.name],
      [explicitDeny.id, bob.name],
      ["more", bob.name],
    ]);
  });

  it("finds a burst among other denials", async () => {
    const rows = [...refusals("07:00", 3), ...refusals("09:00", 5), ...refusals("11:00", 3)];
    const { findings, denials } = await new Memory().run(rows);
    expect(denials).toBe(11);
    expect(findings).toMatchObject([{ finding: { facts: { denials: 5 } } }]);
  });

  it("writes only the records of accounts with something new", async () => {
    const memory = new Memory();
    let writes = 0;
    memory.store = around(memory.store, ({ method, make }) => {
      writes += method === "write" ? 1 : 0;
      return make();
    });
    await memory.run([...refusals("09:00", 5), ...refusals("09:00", 5, bob)]);
    expect(writes).toBe(2);
    const { findings } = await memory.run(refusals("09:05", 1));
    expect(findings.map(({ decision }) => decision.reason)).toEqual(["grew", "unchanged"]);
    expect(writes).toBe(3);
    const another = await memory.run(refusals("11:00", 5));
    expect(another.findings.map(({ decision }) => decision.action)).toEqual([
      "none",
      "none",
      "open",
    ]);
    expect(memory.recorded()).toHaveLength(3);
  });
});

describe("what was published after the time that is asked about", () => {
  const more = { asOf: time("09:10") };

  it("does not exist, up to the millisecond", async () => {
    for (const [late, denials] of [
      [0, [5]],
      [1, []],
    ] as const) {
      const last = denialRow("09:04", { published: time("09:10") + late });
      const { findings } = await new Memory().run([...refusals("09:00", 4), last], more);
      expect(findings.map(({ finding }) => finding.facts.denials)).toEqual(denials);
    }
  });

  it("does not exist either where an earlier run has read it", async () => {
    const memory = new Memory();
    const late = denialRow("09:04", { published: "09:11" });
    await memory.run([late, approval("09:05", { published: "09:11" })]);
    expect((await memory.run(refusals("09:00", 4), more)).findings).toEqual([]);
    const five = await memory.run(refusals("08:59", 1), more);
    expect(five.findings).toMatchObject([{ finding: { facts: { denials: 5, approval: null } } }]);
    const { findings } = await memory.run([], { asOf: time("09:11") });
    expect(findings).toMatchObject([
      { finding: { facts: { denials: 6, approval: { at: time("09:05") } } } },
    ]);
  });

  it("is not what does not say when it was published", async () => {
    const fields = { TimeGenerated: undefined };
    const timeless = [0, 1, 2, 3, 4].map((i) => denialRow(time("09:00") + i * minute, { fields }));
    expect((await new Memory().run(timeless, more)).findings).toHaveLength(1);
  });
});

describe("the range that is asked for", () => {
  it("includes its beginning and excludes its end, by the first denial", async () => {
    const rows = refusals("09:00", 5);
    for (const [from, to, found] of [
      [time("09:00"), Infinity, 1],
      [time("09:00") + 1, Infinity, 0],
      [-Infinity, time("09:00") + 1, 1],
      [-Infinity, time("09:00"), 0],
    ] as const) {
      const memory = new Memory();
      const { findings } = await memory.run(rows, { from, to });
      expect([from, to, findings.length]).toEqual([from, to, found]);
      expect(memory.recorded()).toHaveLength(found);
    }
  });

  it("of a merger is that of the incident that goes on", async () => {
    const two = [...refusals("09:00", 5), ...refusals("09:19:30", 5)];
    const between = denialRow("09:12");
    const outside = new Memory();
    await outside.run(two);
    const untouched = await outside.run([between], { from: time("09:10") });
    expect(untouched).toMatchObject({ findings: [], merged: [] });
    expect(outside.recorded().map(({ revision }) => revision)).toEqual([1, 1]);
    const inside = new Memory();
    await inside.run(two);
    const { findings, merged } = await inside.run([between], { to: time("09:10") });
    const [keeper, other] = inside.recorded();
    expect(findings).toMatchObject([{ decision: { reason: "merged" } }]);
    expect(merged).toEqual([[other?.id, keeper?.id]]);
    expect(keeper?.facts.denials).toBe(11);
  });
});

describe("approvals", () => {
  it("of these files and of earlier ones count, each for its own account", async () => {
    const memory = new Memory();
    await memory.run([approval("09:20"), approval("09:20", { user: bob })]);
    const { findings } = await memory.run([
      ...refusals("09:00", 5),
      ...refusals("09:15", 5, personNamed("carol")),
      ...refusals("09:30", 5, bob),
      approval("09:40", { user: bob }),
      approval("09:45"),
    ]);
    expect(
      findings.map(({ subject, finding }) => [shownName(subject), finding.facts.approval?.at]),
    ).toEqual([
      [alice.name, time("09:20")],
      ["carol@contoso.com", undefined],
      [bob.name, time("09:40")],
    ]);
  });

  it("that the files left aside are asked for, of those accounts only on which a rule fires", async () => {
    const memory = new Memory();
    memory.aside = [approval("09:20")];
    const { findings } = await memory.run([...refusals("09:00", 5), ...refusals("09:00", 4, bob)]);
    expect(memory.asked).toEqual([[alice.name]]);
    expect(findings[0]?.finding.facts.approval?.at).toBe(time("09:20"));
  });

  it("are not asked for where no rule fires", async () => {
    const memory = new Memory();
    const unanswered = row({ at: "09:02:30", user: bob, steps: [noResponse("09:02:30")] });
    await memory.run([...refusals("09:00", 4), ...refusals("09:00", 4, bob), unanswered]);
    expect(memory.asked).toEqual([]);
    await memory.run(refusals("09:04", 1));
    expect(memory.asked).toEqual([[alice.name]]);
  });

  it("matter to what is recorded, also where no rule fires any more", async () => {
    const memory = new Memory();
    await memory.run(refusals("09:00", 5));
    const stricter: Rule = { ...explicitDeny, threshold: 6 };
    const other: Rule = { ...stricter, id: "another" };
    const rules = [other, stricter];
    const { findings } = await memory.run([approval("09:20")], { rules });
    expect(findings).toMatchObject([{ rule: stricter, decision: { reason: "approved-after" } }]);
  });

  it("that a rule waits for are waited for without a finding", async () => {
    const memory = new Memory();
    const rules = [denyThenApprove];
    expect((await memory.run(refusals("09:00", 2), { rules })).findings).toEqual([]);
    expect(memory.recorded()).toEqual([]);
    const { findings } = await memory.run([approval("09:20")], { rules });
    expect(findings).toMatchObject([{ decision: { reason: "first-seen" } }]);
  });
});

describe("the findings", () => {
  it("are in the order of their triggers, then of users, rules and tenants", async () => {
    const burst = (user: Person, from: string, tenant: string | null = tenantId) =>
      refusals(from, 5, user).map((each) => ({ ...each, AADTenantId: tenant }));
    const elsewhere = "00000000-0000-0000-0000-0000000000dd";
    const zoe = personNamed("zoe");
    const rules = [
      { ...explicitDeny, id: "b", family: "b" },
      { ...explicitDeny, id: "a", family: "a" },
    ];
    const { findings } = await new Memory().run(
      [
        ...burst(bob, "09:00"),
        ...burst(bob, "09:00", elsewhere),
        ...burst(bob, "09:00", null),
        ...burst(alice, "09:00", null),
        ...burst(alice, "09:00"),
        ...burst(zoe, "08:59"),
      ],
      { rules },
    );
    expect(
      findings.map(({ subject }) => [shownName(subject), subject.rule, subject.tenantId]),
    ).toEqual([
      [zoe.name, "a", tenantId],
      [zoe.name, "b", tenantId],
      [alice.name, "a", null],
      [alice.name, "a", tenantId],
      [alice.name, "b", null],
      [alice.name, "b", tenantId],
      [bob.name, "a", null],
      [bob.name, "a", tenantId],
      [bob.name, "a", elsewhere],
      [bob.name, "b", null],
      [bob.name, "b", tenantId],
      [bob.name, "b", elsewhere],
    ]);
  });
});
