import { describe, expect, it } from "vitest";

import { findStreaks } from "../../../src/detection/bursts/streak.ts";
import type { Decision } from "../../../src/detection/decisions/decision.ts";
import type { Judgement } from "../../../src/detection/decisions/findingOf.ts";
import { judge } from "../../../src/detection/decisions/judge.ts";
import type { Prompt } from "../../../src/detection/prompts/prompt.ts";
import { recordDecisions, type RecordedBurst } from "../../../src/detection/decisions/record.ts";
import { alice, tenantId, time } from "../../builders.ts";
import { approval, clock, facts, minute, prompt, prompts, recorded, rule } from "../builders.ts";

const subject = { rule: "explicit-mfa-deny", workspaceId: null, tenantId, user: alice.name };

interface Case extends Partial<Omit<Judgement, "views">> {
  readonly denials: readonly Prompt[];
  readonly rule?: Parameters<typeof rule>[0];
}

function decide({ denials, rule: changes, ...more }: Case): readonly Decision[] {
  const current = rule(changes);
  return judge({
    subject,
    recorded: [],
    views: [
      { rule: current, streaks: findStreaks(current, denials), hidden: [], prompts: denials },
    ],
    approvals: [],
    incidentId: (name) => `id of ${name}`,
    openFrom: null,
    bounded: false,
    ...more,
  });
}

/** Every decision in a line: what, why, of which incident, and the times and count of it. */
function told(decisions: readonly Decision[]): readonly string[] {
  return decisions.map(({ action, reason, burst }) => {
    const { firstDenialAt, lastDenialAt, denials } = burst.facts;
    return `${action} ${reason} ${burst.firstRecordedAt === 0 ? "" : clock(burst.firstRecordedAt)}: ${denials} from ${clock(firstDenialAt)} to ${clock(lastDenialAt)}`;
  });
}

const five = prompts("09:00", "09:01", "09:02", "09:03", "09:04");

/** The record that five denials from 09:00 leave. */
function opened(more: Parameters<typeof recorded>[2] = {}): RecordedBurst {
  return recorded("09:00", "09:04", { id: "nine", ...more });
}

describe("a burst that nobody has seen before", () => {
  it("opens an incident", () => {
    const [decision, ...others] = decide({ denials: five });
    expect(others).toEqual([]);
    expect(decision).toMatchObject({
      action: "open",
      reason: "first-seen",
      before: null,
      burst: {
        id: `id of ["explicit-mfa-deny","","${tenantId}","${alice.name}","2026-03-10T09:00:00.000Z"]`,
        firstRecordedAt: time("09:00"),
        extent: { from: time("09:00"), to: time("09:04") },
        kind: "sliding",
        windowMs: 15 * minute,
        mergedInto: null,
        revision: 1,
        facts: facts({ triggeredAt: time("09:04"), lastDenialAt: time("09:04") }),
      },
    });
    expect(decision?.finding?.facts).toEqual(decision?.burst.facts);
    expect(decision?.finding?.denials).toHaveLength(5);
  });

  it("that does not reach the threshold is not a finding", () => {
    expect(decide({ denials: five.slice(1) })).toEqual([]);
  });

  it("is an incident for each silence between them", () => {
    const later = prompts("10:00", "10:01", "10:02", "10:03", "10:04");
    expect(told(decide({ denials: [...five, ...later] }))).toEqual([
      "open first-seen 09:00:00: 5 from 09:00:00 to 09:04:00",
      "open first-seen 10:00:00: 5 from 10:00:00 to 10:04:00",
    ]);
  });

  it("is opened as High where an approval followed or fraud was reported", () => {
    expect(decide({ denials: five, approvals: [approval("09:30")] })).toMatchObject([
      {
        reason: "first-seen",
        burst: { facts: { severity: "High", approval: { match: "other" } } },
      },
    ]);
    const reported = [...five, prompt("09:05", { outcome: "fraudReported" })];
    expect(decide({ denials: reported })).toMatchObject([
      { reason: "first-seen", burst: { facts: { severity: "High", fraudReports: 1 } } },
    ]);
  });

  it("is not opened where its first denial is older than records are kept", () => {
    expect(told(decide({ denials: five, openFrom: time("09:00") }))).toEqual([
      "open first-seen 09:00:00: 5 from 09:00:00 to 09:04:00",
    ]);
    expect(told(decide({ denials: five, openFrom: time("09:00") + 1 }))).toEqual([
      "none beyond-retention 09:00:00: 5 from 09:00:00 to 09:04:00",
    ]);
  });

  it("is not opened by a rule that waits for an approval, until there is one", () => {
    const waiting = { denials: five, rule: { approvalRequired: true } };
    expect(told(decide(waiting))).toEqual([
      "none awaiting-approval 09:00:00: 5 from 09:00:00 to 09:04:00",
    ]);
    const early = [approval("09:03:59.999")];
    expect(decide({ ...waiting, approvals: early })).toMatchObject([
      { reason: "awaiting-approval" },
    ]);
    const after = [approval("09:04")];
    expect(decide({ ...waiting, approvals: after })).toMatchObject([{ action: "open" }]);
  });

  it('that could not be read completely says "at least"', () => {
    expect(decide({ denials: five, bounded: true })).toMatchObject([
      {
        action: "open",
        finding: { facts: { atLeast: true } },
        burst: { facts: { atLeast: true } },
      },
    ]);
  });

  it("of buckets has an extent of whole buckets", () => {
    expect(decide({ denials: five, rule: { kind: "tumbling" } })).toMatchObject([
      { burst: { kind: "tumbling", extent: { from: time("09:00"), to: time("09:15") } } },
    ]);
  });
});

describe("a recorded burst", () => {
  it("that is found as it was is unchanged, and is found all the same", () => {
    const before = opened();
    const [decision, ...others] = decide({ denials: five, recorded: [before] });
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ action: "none", reason: "unchanged", before });
    expect(decision?.burst).toBe(before);
    expect(decision?.finding?.facts).toEqual(before.facts);
  });

  it("that nothing is near is not decided about", () => {
    expect(decide({ denials: [], recorded: [opened()] })).toEqual([]);
    expect(decide({ denials: prompts("12:00"), recorded: [opened()] })).toEqual([]);
  });

  it("grows forwards and backwards, and keeps its id and first recorded denial", () => {
    const grown = decide({
      denials: [prompt("08:50"), ...five, prompt("09:19")],
      recorded: [opened()],
    });
    expect(told(grown)).toEqual(["update grew 09:00:00: 7 from 08:50:00 to 09:19:00"]);
    expect(grown[0]?.burst).toMatchObject({
      id: "nine",
      firstRecordedAt: time("09:00"),
      extent: { from: time("08:50"), to: time("09:19") },
      revision: 2,
    });
    expect(
      told(decide({ denials: [...five, prompt("09:19:00.001")], recorded: [opened()] })),
    ).toEqual(["none unchanged 09:00:00: 5 from 09:00:00 to 09:04:00"]);
  });

  it("grows by one more denial between its edges", () => {
    const denials = [...five.slice(0, 4), prompt("09:03:30"), ...five.slice(4)];
    expect(told(decide({ denials, recorded: [opened()] }))).toEqual([
      "update grew 09:00:00: 6 from 09:00:00 to 09:04:00",
    ]);
  });

  it("says that an approval followed before it says that it grew", () => {
    const denials = [...five, prompt("09:10", { outcome: "fraudReported" })];
    expect(decide({ denials, recorded: [opened()], approvals: [approval("09:30")] })).toMatchObject(
      [
        {
          action: "update",
          reason: "approved-after",
          burst: { facts: { severity: "High", approval: { at: time("09:30") } } },
        },
      ],
    );
  });

  it("says that fraud was reported before it says that it grew", () => {
    const denials = [...five, prompt("09:10", { outcome: "fraudReported" })];
    expect(decide({ denials, recorded: [opened()] })).toMatchObject([
      { action: "update", reason: "fraud-reported", burst: { facts: { severity: "High" } } },
    ]);
    const reported = opened({ facts: { fraudReports: 1, severity: "High" } });
    expect(decide({ denials, recorded: [reported] })).toMatchObject([{ reason: "grew" }]);
  });

  it("is raised where a closer approval, or a rule, asks for more", () => {
    const severity = "Low" as const;
    const approvals = [approval("09:30"), approval("09:40", { request: "request of 09:04" })];
    const matched = { rule: { severity, approvalRaises: "matched" }, denials: five } as const;
    const before = opened({ facts: { severity, approval: { at: time("09:30"), match: "other" } } });
    expect(decide({ ...matched, recorded: [before], approvals })).toMatchObject([
      { action: "update", reason: "severity-raised", burst: { facts: { severity: "High" } } },
    ]);
    expect(decide({ denials: five, recorded: [opened({ facts: { severity } })] })).toMatchObject([
      { reason: "severity-raised", burst: { facts: { severity: "Medium" } } },
    ]);
  });

  it("keeps its severity and its approval when the evidence for them is gone", () => {
    const match = "same-request" as const;
    const before = opened({ facts: { severity: "High", approval: { at: time("09:30"), match } } });
    for (const approvals of [[], [approval("09:20")]]) {
      expect(decide({ denials: five, recorded: [before], approvals })).toMatchObject([
        { action: "none", reason: "unchanged", burst: { facts: before.facts } },
      ]);
    }
    const reported = opened({ facts: { severity: "High", fraudReports: 1 } });
    expect(decide({ denials: five, recorded: [reported] })).toMatchObject([
      { reason: "evidence-replaced", burst: { facts: { severity: "High", fraudReports: 0 } } },
    ]);
  });

  it("follows the newest evidence, and never shrinks in extent", () => {
    const moved = decide({ denials: [prompt("08:59:58"), ...five.slice(2)], recorded: [opened()] });
    expect(told(moved)).toEqual(["update grew 09:00:00: 4 from 08:59:58 to 09:04:00"]);
    const fewer = decide({ denials: five.slice(0, 4), recorded: [opened()] });
    expect(told(fewer)).toEqual(["update evidence-replaced 09:00:00: 4 from 09:00:00 to 09:03:00"]);
    expect(fewer[0]?.burst).toMatchObject({
      extent: { from: time("09:00"), to: time("09:04") },
      // It does not fire any more, but it did.
      facts: { triggeredAt: time("09:04"), severity: "Medium" },
    });
    // Read again, nothing is new.
    const after = fewer.map(({ burst }) => burst);
    expect(decide({ denials: five.slice(0, 4), recorded: after })).toEqual([]);
  });

  it("says what was replaced if only a time or an approval differs", () => {
    const sooner = [...five.slice(0, 3), prompt("09:02:30"), ...five.slice(4)];
    expect(decide({ denials: sooner, recorded: [opened()] })).toMatchObject([
      { reason: "unchanged" },
    ]);
    const six = [...five, prompt("09:05")];
    const late = recorded("09:00", "09:05", { facts: { denials: 6 } });
    expect(decide({ denials: six, recorded: [late] })).toMatchObject([
      { reason: "evidence-replaced", burst: { facts: { triggeredAt: time("09:04") } } },
    ]);
    const approvals = [approval("09:30")];
    const high = { severity: "High" } as const;
    for (const [before, reason] of [
      [{ at: time("09:40"), match: "other" }, "evidence-replaced"],
      [{ at: time("09:30"), match: "other" }, "unchanged"],
    ] as const) {
      const facts1 = { ...high, approval: before };
      expect(
        decide({ denials: five, recorded: [opened({ facts: facts1 })], approvals }),
      ).toMatchObject([{ reason }]);
    }
    const closer = [approval("09:30", { ipAddress: null, request: "request of 09:00" })];
    const other = { ...high, approval: { at: time("09:30"), match: "other" } } as const;
    expect(
      decide({ denials: five, recorded: [opened({ facts: other })], approvals: closer }),
    ).toMatchObject([
      { reason: "evidence-replaced", burst: { facts: { approval: { match: "same-request" } } } },
    ]);
  });

  it("says that it grew, or what was replaced, where as many denials have moved", () => {
    const reasonFor = (...clocks: readonly string[]) =>
      decide({
        denials: prompts(...clocks),
        recorded: [
          recorded("09:00", "09:06", { facts: { denials: 6, triggeredAt: time("09:04") } }),
        ],
      }).map(
        ({ reason, burst }) => `${reason} ${clock(burst.extent.from)}-${clock(burst.extent.to)}`,
      );
    const middle = ["09:01", "09:02", "09:03", "09:04"];
    expect(reasonFor("09:00", ...middle, "09:06")).toEqual(["unchanged 09:00:00-09:06:00"]);
    expect(reasonFor("09:00", ...middle, "09:07")).toEqual(["grew 09:00:00-09:07:00"]);
    expect(reasonFor("08:59", ...middle, "09:06")).toEqual(["grew 08:59:00-09:06:00"]);
    expect(reasonFor("09:00", ...middle, "09:05")).toEqual(["evidence-replaced 09:00:00-09:06:00"]);
    expect(reasonFor("09:00:30", ...middle, "09:06")).toEqual([
      "evidence-replaced 09:00:00-09:06:00",
    ]);
  });

  it("that could not be fully read again counts at least what was known", () => {
    const before = opened({ facts: { denials: 12, fraudReports: 2, severity: "High" } });
    const [decision] = decide({ denials: five.slice(1), recorded: [before], bounded: true });
    expect(decision).toMatchObject({
      action: "update",
      burst: {
        facts: {
          atLeast: true,
          denials: 12,
          fraudReports: 2,
          firstDenialAt: time("09:00"),
          triggeredAt: time("09:04"),
          lastDenialAt: time("09:04"),
          severity: "High",
        },
      },
    });
    const known = decision === undefined ? [] : [decision.burst];
    expect(decide({ denials: five.slice(1), recorded: known, bounded: true })).toEqual([]);
    // Read whole, the count is exact again.
    expect(decide({ denials: five, recorded: known })).toMatchObject([
      { reason: "evidence-replaced", burst: { facts: { atLeast: false, denials: 5 } } },
    ]);
  });

  it("that is read in different parts each time keeps its first trigger and its last denial", () => {
    const earlier = prompts("08:50", "08:51", "08:52", "08:53", "08:54");
    const later = prompts("09:10", "09:11", "09:12", "09:13", "09:14");
    const timesAfter = (denials: readonly Prompt[]) =>
      decide({ denials, recorded: [opened()], bounded: true }).map(({ burst: { facts: after } }) =>
        [after.firstDenialAt, after.triggeredAt, after.lastDenialAt].map(clock).join(" "),
      );
    expect(timesAfter(earlier)).toEqual(["08:50:00 08:54:00 09:04:00"]);
    expect(timesAfter(later)).toEqual(["09:00:00 09:04:00 09:14:00"]);
  });

  it("knows since which revision it has its severity", () => {
    const before = opened({ revision: 3, severitySince: 2 });
    const revisionsAfter = (denials: readonly Prompt[]) =>
      decide({ denials, recorded: [before] }).map(({ burst }) => [
        burst.revision,
        burst.severitySince,
      ]);
    expect(revisionsAfter([...five, prompt("09:05")])).toEqual([[4, 2]]);
    expect(revisionsAfter([...five, prompt("09:05", { outcome: "fraudReported" })])).toEqual([
      [4, 4],
    ]);
  });

  it("older than records are kept grows all the same", () => {
    const denials = [prompt("08:50"), ...five];
    expect(decide({ denials, recorded: [opened()], openFrom: time("09:30") })).toMatchObject([
      { action: "update", reason: "grew" },
    ]);
  });

  it("of a rule that waits for an approval stays open without one", () => {
    expect(
      decide({ denials: five, recorded: [opened()], rule: { approvalRequired: true } }),
    ).toMatchObject([{ action: "none", reason: "unchanged" }]);
  });
});

describe("a denial that joins recorded bursts", () => {
  const nine = recorded("09:00", "09:04", { id: "nine", revision: 3 });
  const half = recorded("09:24", "09:28", { id: "half" });
  const denials = [
    ...five,
    prompt("09:14"),
    ...prompts("09:24", "09:25", "09:26", "09:27", "09:28"),
  ];

  it("keeps the incident of the earliest and merges the others into it", () => {
    const decisions = decide({ denials, recorded: [half, nine] });
    expect(decisions).toMatchObject([
      {
        action: "update",
        reason: "merged",
        before: nine,
        burst: {
          id: "nine",
          firstRecordedAt: time("09:00"),
          extent: { from: time("09:00"), to: time("09:28") },
          facts: { denials: 11, triggeredAt: time("09:04"), lastDenialAt: time("09:28") },
          mergedInto: null,
          revision: 4,
        },
      },
      {
        action: "update",
        reason: "merged",
        before: half,
        burst: {
          id: "half",
          mergedInto: "nine",
          extent: half.extent,
          facts: half.facts,
          revision: 2,
        },
        finding: null,
      },
    ]);
  });

  it("keeps, of two first recorded at one time, the smaller id", () => {
    const twins = ["b", "a", "c"].map((id) => recorded("09:00", "09:04", { id }));
    const merged = decide({ denials, recorded: twins }).map(({ burst }) => [
      burst.id,
      burst.mergedInto,
    ]);
    expect(merged).toEqual([
      ["a", null],
      ["b", "a"],
      ["c", "a"],
    ]);
  });

  it("keeps the earliest by what was first recorded, not by where it has grown to", () => {
    const grownBack = recorded("09:24", "09:28", {
      id: "half",
      extent: { from: time("08:58"), to: time("09:28") },
    });
    expect(decide({ denials, recorded: [grownBack, nine] })[0]?.burst.id).toBe("nine");
  });

  it("keeps the highest severity of them", () => {
    const high = recorded("09:24", "09:28", { id: "half", facts: { severity: "High" } });
    expect(decide({ denials, recorded: [nine, high] })).toMatchObject([
      { reason: "merged", burst: { id: "nine", facts: { severity: "High" } } },
      { reason: "merged" },
    ]);
  });

  it("is final: the merged records stay, still match, and nothing is reported twice", () => {
    const decisions = decide({ denials, recorded: [half, nine] });
    const after = recordDecisions([half, nine], decisions);
    expect(after.map(({ id, mergedInto }) => [id, mergedInto])).toEqual([
      ["half", "nine"],
      ["nine", null],
    ]);
    expect(told(decide({ denials, recorded: after }))).toEqual([
      "none unchanged 09:00:00: 11 from 09:00:00 to 09:28:00",
    ]);
    const more = [...denials, prompt("09:43")];
    expect(told(decide({ denials: more, recorded: after }))).toEqual([
      "update grew 09:00:00: 12 from 09:00:00 to 09:43:00",
    ]);
  });

  it("may have brought an approval with it, which says more than the merger", () => {
    expect(
      decide({ denials, recorded: [half, nine], approvals: [approval("09:50")] }),
    ).toMatchObject([
      { reason: "approved-after", burst: { id: "nine" } },
      { reason: "merged", burst: { id: "half" } },
    ]);
  });
});

describe("evidence that was replaced", () => {
  it("leaves one incident where one record turns out to be two bursts", () => {
    // 09:00 to 09:04 and 09:24 to 09:28, which a fallback denial at 09:14 had joined until its steps came.
    const record = recorded("09:00", "09:28", {
      facts: { denials: 11, triggeredAt: time("09:04") },
    });
    const apart = [...five, ...prompts("09:24", "09:25", "09:26", "09:27", "09:28")];
    expect(told(decide({ denials: apart }))).toHaveLength(2);
    expect(told(decide({ denials: apart, recorded: [record] }))).toEqual([
      "update evidence-replaced 09:00:00: 10 from 09:00:00 to 09:28:00",
    ]);
  });

  it("moves the trigger to where what is left of the record fires first", () => {
    const record = recorded("09:00", "09:28", {
      facts: { denials: 6, triggeredAt: time("09:24") },
    });
    const left = [prompt("09:00"), ...prompts("09:24", "09:25", "09:26", "09:27", "09:28")];
    expect(decide({ denials: left, recorded: [record] })).toMatchObject([
      { reason: "evidence-replaced", burst: { facts: { triggeredAt: time("09:28") } } },
    ]);
  });

  it("leaves buckets that fire no more as they were recorded", () => {
    const bucket = recorded("09:00", "09:15", { kind: "tumbling" });
    expect(
      decide({ denials: five.slice(1), recorded: [bucket], rule: { kind: "tumbling" } }),
    ).toEqual([]);
  });
});

describe("a change of the rule's numbers", () => {
  it("to a smaller window keeps one incident where the larger one joined", () => {
    const wide = recorded("09:00", "09:50", { windowMs: 60 * minute, facts: { denials: 6 } });
    const again = [...five, ...prompts("10:40", "10:41", "10:42", "10:43", "10:44")];
    const decisions = decide({ denials: again, recorded: [wide] });
    expect(told(decisions)).toEqual(["update grew 09:00:00: 10 from 09:00:00 to 10:44:00"]);
    expect(decisions[0]?.burst.windowMs).toBe(60 * minute);
  });

  it("to a larger window joins what it reaches, and remembers it", () => {
    const nine = opened();
    const ten = recorded("09:40", "09:44", { id: "ten" });
    const denials = [...five, ...prompts("09:40", "09:41", "09:42", "09:43", "09:44")];
    const settled = decide({ denials, recorded: [nine, ten] }).map(({ reason }) => reason);
    expect(settled).toEqual(["unchanged", "unchanged"]);
    const joined = decide({ denials, recorded: [nine, ten], rule: { windowMs: 60 * minute } });
    expect(told(joined)).toEqual([
      "update merged 09:00:00: 10 from 09:00:00 to 09:44:00",
      "update merged 09:40:00: 5 from 09:40:00 to 09:44:00",
    ]);
    expect(joined[0]?.burst.windowMs).toBe(60 * minute);
  });

  it("of threshold leaves a burst that does not fire any more", () => {
    expect(decide({ denials: five, recorded: [opened()], rule: { threshold: 6 } })).toEqual([]);
  });

  it("from sliding to buckets, or to other buckets, is remembered as reaching a window far", () => {
    const kind = "tumbling" as const;
    const buckets = prompts("09:16", "09:17", "09:18", "09:19", "09:20");
    const kindAfter = (record: RecordedBurst) =>
      decide({ denials: buckets, recorded: [record], rule: { kind } }).map(
        ({ burst }) => burst.kind,
      );
    expect(kindAfter(opened())).toEqual(["sliding"]);
    expect(kindAfter(recorded("09:00", "09:10", { kind, windowMs: 10 * minute }))).toEqual([
      "sliding",
    ]);
    expect(kindAfter(recorded("09:00", "09:15", { kind }))).toEqual(["tumbling"]);
    const bucket = recorded("09:00", "09:15", { id: "bucket", kind });
    const slid = recorded("09:35", "09:36", { id: "slid" });
    expect(
      decide({ denials: buckets, recorded: [bucket, slid], rule: { kind } }).map(
        ({ burst }) => `${burst.id} ${burst.kind}`,
      ),
    ).toEqual(["bucket sliding", "slid sliding"]);
    expect(
      decide({
        denials: [...five, prompt("09:14")],
        recorded: [recorded("09:00", "09:04", { kind })],
      }),
    ).toMatchObject([{ reason: "grew", burst: { kind: "sliding" } }]);
  });
});
