/** The outcome of a seeded story, and the checks on it. */
import { expect } from "vitest";
import { analystTasks } from "../../src/detection/incidents/analystTasks.ts";
import {
  incidentName,
  type RecordedBurst,
  type Subject,
} from "../../src/detection/decisions/record.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { incidentId } from "../../src/detection/incidents/identity.ts";
import type { DueItem, Incident, StateStore } from "../../src/run/ports.ts";
import { tenantId, workspaceId, type Row } from "../builders.ts";
import { oracle } from "../laws/oracle.ts";
import { contains, summary } from "../laws/runs.ts";
import type { FakeService } from "../run/incidents.ts";
import { expectTold } from "../run/story.ts";
import { people } from "./seededAttacks.ts";

/** What is there when everything has ended. */
export interface Ending {
  readonly recorded: readonly { readonly subject: Subject; readonly burst: RecordedBurst }[];
  readonly due: readonly DueItem[];
  readonly watermark: number | null;
  readonly service: FakeService;
  /** What a sink was sent that takes whatever comes, in that order. */
  readonly delivered: readonly Incident[];
}

export async function readEnding<T>(
  store: StateStore,
  rules: readonly Rule[],
  told: T,
  workspace = workspaceId,
): Promise<T & Pick<Ending, "recorded" | "due" | "watermark">> {
  const { due, progress } = await store.open();
  const recorded: Ending["recorded"][number][] = [];
  for (const { id } of rules) {
    for (const { name } of people) {
      // Under its name, which the state has to know.
      const subject = { rule: id, workspaceId: workspace, tenantId, user: name };
      const head = await store.readHead(subject, -Infinity);
      recorded.push(...head.bursts.map((burst) => ({ subject: head.subject, burst })));
    }
  }
  return { ...told, recorded, due, watermark: progress?.publishedTo ?? null };
}

/** The live incidents of a rule. */
export function liveOf({ recorded }: Pick<Ending, "recorded">, rule: Rule) {
  return recorded
    .filter(({ subject, burst }) => subject.rule === rule.id && burst.mergedInto === null)
    .map(({ subject: { user }, burst }) => ({ tenantId, user, burst }));
}

/** What counts as equal. */
export function summaryOf(
  ending: Pick<Ending, "recorded">,
  rules: readonly Rule[],
): readonly string[] {
  return rules
    .flatMap((rule) => liveOf(ending, rule).map((incident) => `${rule.id} ${summary(incident)}`))
    .toSorted();
}

/** The same of what the oracle finds in the rows. */
export function truthOf(rows: readonly Row[], rules: readonly Rule[]): readonly string[] {
  return rules
    .flatMap((rule) => oracle(rows, rule).map((finding) => `${rule.id} ${summary(finding)}`))
    .toSorted();
}

/** Every incident exists once, agrees with the record, and has nothing twice. */
export function expectOnce({ recorded, due, service }: Omit<Ending, "delivered">): void {
  const records = recorded.map(({ burst }) => burst);
  expectTold({ records: () => records, due: () => due, service });
  const revisions = new Map(records.map(({ id, revision }) => [id, revision]));
  expect(revisions.size).toBe(records.length);
  for (const [id, { tasks }] of service.incidents) {
    expect([...tasks.values()].map(({ title }) => title).toSorted()).toEqual(
      analystTasks.map(({ title }) => title).toSorted(),
    );
    const comments = service.comments(id);
    expect(new Set(comments).size).toBe(comments.length);
    // At most one for each change; the first revision opened it.
    expect(comments.length).toBeLessThan(revisions.get(id) ?? 0);
  }
  for (const { subject, burst } of recorded) {
    // Of the name that it went by at first: it may have gained its id since.
    const names = [subject.user, ...(subject.names ?? []).map(({ name }) => name)];
    expect(
      names.map((user) => incidentId(incidentName({ ...subject, user }, burst.firstRecordedAt))),
    ).toContain(burst.id);
  }
}

/** Every sink gets each incident, the newest revision last, and nothing twice while claims are valid. */
export function expectSent({ recorded, delivered }: Ending, claimsHold = true): void {
  const newest = new Map<string, number>();
  for (const { id, revision } of delivered) {
    const before = newest.get(id) ?? 0;
    if (claimsHold) {
      expect([id, revision, before < revision]).toEqual([id, revision, true]);
    }
    newest.set(id, Math.max(before, revision));
  }
  const live = recorded.filter(({ burst }) => burst.mergedInto === null);
  for (const { burst } of live) {
    expect([burst.id, newest.get(burst.id)]).toEqual([burst.id, burst.revision]);
  }
}

/**
 * Where the first denial of a burst was known when the burst first fired, its incident is the one that it would have
 * been, had everything been on time.
 *
 * @param seen what was known at one moment after the other, the last time everything
 * @returns of how many incidents that was to be told
 */
export function expectPromisedIds(
  ending: Ending,
  rule: Rule,
  seen: readonly (readonly Row[])[],
): number {
  let promised = 0;
  const open = new Set(liveOf(ending, rule));
  for (const rows of seen) {
    const found = open.size === 0 ? [] : oracle(rows, rule);
    for (const incident of open) {
      const whole = { ...incident, ...incident.burst.facts };
      const within = found.filter((finding) => contains(whole, finding));
      if (within.length > 0) {
        open.delete(incident);
      }
      if (within.some(({ firstDenialAt }) => firstDenialAt === whole.firstDenialAt)) {
        promised++;
        expect(incident.burst.firstRecordedAt).toBe(whole.firstDenialAt);
      }
    }
  }
  return promised;
}
