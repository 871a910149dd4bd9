/**
 * A morning with everything in it that has an order: a burst, two bursts that a late denial joins, a burst whose
 * approval is published late, a burst that comes late as a whole.
 *
 *     alice  09:00 ..... 09:04   09:19:30 ..... 09:23:30   late: 09:12, published 09:50
 *     bob    09:02 ..... 09:06   approves 09:20, published 10:20
 *     carol  09:05 ..... 09:09   published 10:10
 *     dave   09:05 ..... 09:09   reports fraud 09:12, published 10:05
 */
import { expect } from "vitest";
import type { Detector } from "../../src/run/detector.ts";
import type { DueItem } from "../../src/run/ports.ts";
import { isPending } from "../../src/run/sendBudget.ts";
import { revisionOf } from "../../src/sinks/sentinel/incidentBody.ts";
import { alice, approved, bob, denialRow, fraudReported, row, time } from "../builders.ts";
import { Bench, day, denyThenApprove, explicitDeny, hour, personNamed, refusals } from "./bench.ts";
import { publish, type Moment, type PublishedRow } from "./fakeLog.ts";

const carol = personNamed("carol");
const dave = personNamed("dave");

const storyRows: readonly PublishedRow[] = [
  ...publish(refusals("09:00", 5)),
  ...publish(refusals("09:19:30", 5)),
  ...publish([denialRow("09:12")], "09:50"),
  ...publish(refusals("09:02", 5, bob)),
  ...publish(
    [row({ at: "09:20", user: bob, resultType: "0", steps: [approved("09:20")] })],
    "10:20",
  ),
  ...publish(refusals("09:05", 5, carol), "10:10"),
  ...publish(refusals("09:05", 5, dave)),
  ...publish([row({ at: "09:12", user: dave, steps: [fraudReported("09:12")] })], "10:05"),
];

const storyRules = [explicitDeny, denyThenApprove];

/** When runs are due; by the last of them everything is published. */
export const storyRuns: readonly Moment[] = ["09:10", "09:30", "10:00", "10:15", "10:30"];

export function newStory(maxIncidentsPerRun = 50): Bench {
  return new Bench("09:00", storyRows, { rules: storyRules, maxIncidentsPerRun });
}

/** Runs that find nothing new: claims of what died have ended by then, and what failed is tried again. */
export async function settle(bench: Bench): Promise<void> {
  await settleFrom(bench, time("10:40"), { sinks: [bench.serviceSink()] });
}

/** The same from any moment on. @returns when the last of these runs began */
export async function settleFrom(
  bench: Bench,
  from: number,
  more: Partial<Detector>,
): Promise<number> {
  const sentAt = await runUntil(bench, from, more, (due) => !due.some(isPending));
  // Watches end; of one user's, a run drops one.
  return runUntil(bench, sentAt + 3 * day, more, (due) => due.length === 0);
}

async function runUntil(
  bench: Bench,
  from: number,
  more: Partial<Detector>,
  isDone: (due: readonly DueItem[]) => boolean,
): Promise<number> {
  const { store = bench.store } = more;
  for (let at = from; at <= from + day; at += hour) {
    await bench.run(at, more);
    const { due } = await store.open();
    if (isDone(due)) {
      return at;
    }
  }
  return expect.fail("what is due is never done");
}

/** The name of the person whose account it is: accounts go by object ids. */
function nameOf(user: string): string {
  return [alice, bob, carol, dave].find(({ id }) => id === user)?.name ?? user;
}

/** What counts as equal: of every live incident its user, times, count and severity. */
export function liveOf(bench: Bench): readonly string[] {
  return bench.store
    .snapshot()
    .heads.flatMap(({ subject, bursts }) =>
      bursts
        .filter(({ mergedInto }) => mergedInto === null)
        .map(({ facts: { firstDenialAt, lastDenialAt, triggeredAt, denials, severity } }) => {
          const times = [firstDenialAt, triggeredAt, lastDenialAt].map((at) =>
            new Date(at).toISOString().slice(11, 19),
          );
          return [subject.rule, nameOf(subject.user), ...times, denials, severity].join(" ");
        }),
    )
    .toSorted();
}

/** Every record is told of, once, at its newest; what is merged is noted; nothing is left to do. */
export function expectTold(bench: Pick<Bench, "records" | "service" | "due">): void {
  const records = bench.records();
  const ids = new Set(records.map(({ id }) => id));
  for (const id of bench.service.incidents.keys()) {
    expect(ids.has(id)).toBe(true);
  }
  for (const { id, mergedInto, revision, facts } of records) {
    const held = bench.service.incidents.get(id);
    if (mergedInto === null) {
      expect(held).toBeDefined();
      expect(revisionOf(bench.service.held(id).properties)).toBe(revision);
      expect(bench.service.held(id).properties.severity).toBe(facts.severity);
      expect(held?.tasks.size).toBeGreaterThan(0);
    } else if (held !== undefined) {
      expect(bench.service.comments(id).some((text) => text.includes(mergedInto))).toBe(true);
    }
  }
  expect(bench.due()).toEqual([]);
}

/** What the story comes to when nothing disturbs it. */
export const storyEnd: readonly string[] = [
  "explicit-mfa-deny alice@contoso.com 09:00:00 09:04:00 09:23:30 11 Medium",
  // Both rules fired, the one that asks for an approval first.
  "explicit-mfa-deny bob@contoso.com 09:02:00 09:03:00 09:06:00 5 High",
  "explicit-mfa-deny carol@contoso.com 09:05:00 09:09:00 09:09:00 5 Medium",
  "explicit-mfa-deny dave@contoso.com 09:05:00 09:09:00 09:12:00 6 High",
];
