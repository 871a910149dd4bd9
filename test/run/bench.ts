/** One workspace in memory: a log, a state, and incidents, with a clock that is moved by hand. */
import { presets } from "../../src/detection/rules/presets.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import type { RecordedBurst } from "../../src/detection/decisions/record.ts";
import {
  isFinished,
  type BackfillJob,
  type BackfillJobs,
  type BackfillPart,
  type BackfillRequest,
} from "../../src/run/backfillJob.ts";
import { planParts, stepBackfill } from "../../src/run/backfill.ts";
import type { Detector } from "../../src/run/detector.ts";
import { incidentApiSink } from "../../src/sinks/sentinel/incidentApi.ts";
import { maintain, type MaintenanceSummary } from "../../src/run/maintain.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { DueItem, Incident, IncidentSink, Log, StateStore } from "../../src/run/ports.ts";
import { runDetection, type RunSummary } from "../../src/run/runDetection.ts";
import { alice, denialRow, workspaceId, type Person, type Row } from "../builders.ts";
import { around } from "./around.ts";
import { FakeLog, momentOf, type Moment, type PublishedRow } from "./fakeLog.ts";
import { FakeService } from "./incidents.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const never = new AbortController().signal;

export function ruleNamed(id: string, more: Partial<Rule> = {}): Rule {
  const preset = presets.find((rule) => rule.id === id);
  if (preset === undefined) {
    throw new Error(`there is no rule ${id}`);
  }
  return { ...preset, ...more };
}

export const explicitDeny = ruleNamed("explicit-mfa-deny");
export const denyThenApprove = ruleNamed("mfa-deny-then-approve");

/** A user's refusals, one a minute. */
export function refusals(
  from: Moment,
  count: number,
  user: Person = alice,
  everyMs = minute,
): readonly Row[] {
  return Array.from({ length: count }, (_, i) => denialRow(momentOf(from) + i * everyMs, { user }));
}

export function personNamed(name: string): Person {
  const digits = Buffer.from(name).toString("hex").slice(-12).padStart(12, "0");
  return { name: `${name}@contoso.com`, id: `00000000-0000-0000-0000-${digits}` };
}

/** Keeps what it is sent; fails where it is told to. */
class FakeSink implements IncidentSink {
  readonly name = "fake";
  readonly delivered: Incident[] = [];
  readonly notes: (readonly [id: string, keeperId: string])[] = [];
  /** Told of every delivery; may throw, or let time pass. */
  before: (id: string) => void = () => {};

  async deliver(incident: Incident): Promise<void> {
    this.before(incident.id);
    this.delivered.push(incident);
  }

  async noteMerge(id: string, keeperId: string): Promise<void> {
    this.before(id);
    this.notes.push([id, keeperId]);
  }

  /** `user revision`, in the order of delivery. */
  titles(): readonly string[] {
    return this.delivered.map(({ text, revision }) => `${userOf(text.title)} ${revision}`);
  }
}

export function userOf(title: string): string {
  return /[\w.-]+(?=@)/.exec(title)?.[0] ?? title;
}

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The same state, but of heads it leaves out what it may: bursts that ended before the time that is told. */
export function forgetful(state: StateStore): StateStore {
  return around(state, async ({ method, args, make }) => {
    if (method !== "readHead") {
      return make();
    }
    const [subject, from] = args as Parameters<StateStore["readHead"]>;
    const head = await state.readHead(subject, from);
    return { ...head, bursts: head.bursts.filter(({ extent }) => extent.to >= from) };
  });
}

/** What stays when a process ends, and the parts to begin another with. */
export class Bench {
  now: number;
  readonly clock = { now: () => this.now };
  readonly log: FakeLog;
  store = new MemoryStore();
  readonly jobs = new MemoryJobs();
  /** What backfills go through to reach them. */
  jobsPort: BackfillJobs = this.jobs;
  /** Incidents as a service keeps them. */
  readonly service = new FakeService();
  readonly sink = new FakeSink();
  readonly lines: LogLine[] = [];
  readonly more: Partial<Detector>;

  constructor(now: Moment, rows: readonly PublishedRow[], more: Partial<Detector> = {}) {
    this.now = momentOf(now);
    this.log = new FakeLog(this.clock, rows);
    this.more = more;
  }

  detector(more: Partial<Detector> = {}): Detector {
    return {
      workspaceId,
      rules: [explicitDeny],
      source: this.log,
      store: this.store,
      sinks: [this.sink],
      clock: this.clock,
      log: this.#log(),
      ingestionSafetyMs: 2 * minute,
      initialLookbackMs: hour,
      approvalLatenessMs: 2 * day,
      retentionMs: 180 * day,
      maxIncidentsPerRun: 50,
      ...this.more,
      ...more,
    };
  }

  /** Ends in the real adapter's behaviour over a service in memory. */
  serviceSink(): IncidentSink {
    return incidentApiSink("service", this.service);
  }

  run(at: Moment, more: Partial<Detector> = {}): Promise<RunSummary> {
    this.now = momentOf(at);
    return runDetection(this.detector(more), never);
  }

  maintain(at: Moment, more: Partial<Detector> = {}): Promise<MaintenanceSummary> {
    this.now = momentOf(at);
    return maintain(this.detector(more), never);
  }

  /** Begins a backfill and works it off, slice by slice where `stepMs` is zero. */
  async backfill(
    range: { readonly from: Moment; readonly to: Moment },
    more: Partial<Detector> = {},
    stepMs = Infinity,
  ): Promise<BackfillPart> {
    const detector = this.detector(more);
    const request: BackfillRequest = {
      from: momentOf(range.from),
      to: momentOf(range.to),
      rules: detector.rules.map(({ id }) => id),
      workspaces: ["default"],
      dryRun: false,
    };
    const job = await this.jobsPort.begin(request, planParts(request, this.now));
    const step = { ...job, workspace: "default", until: this.now + stepMs };
    while (await stepBackfill(detector, this.jobsPort, step, never)) {
      // It says itself when it is done.
    }
    return this.jobs.partOf(job.id);
  }

  /** Everything recorded, merged or not, oldest first. */
  records(): readonly RecordedBurst[] {
    return this.store
      .snapshot()
      .heads.flatMap(({ bursts }) => bursts)
      .toSorted((a, b) => a.firstRecordedAt - b.firstRecordedAt);
  }

  due(): readonly DueItem[] {
    return this.store.snapshot().due;
  }

  watermark(): number | null {
    return this.store.snapshot().progress?.publishedTo ?? null;
  }

  #log(): Log {
    const at = (level: LogLine["level"]) => (event: string, fields: LogLine["fields"]) => {
      this.lines.push({ level, event, fields });
    };
    return { info: at("info"), warn: at("warn"), error: at("error") };
  }
}

/** Backfills that live as long as the test. */
class MemoryJobs implements BackfillJobs {
  readonly #jobs = new Map<string, { readonly job: BackfillJob; version: number }>();

  async begin(request: BackfillRequest, parts: readonly BackfillPart[]): Promise<BackfillJob> {
    for (const { job } of this.#jobs.values()) {
      const same = JSON.stringify(job.request) === JSON.stringify(request);
      if (same && !job.parts.every(isFinished)) {
        return job;
      }
    }
    const job = { id: `job ${this.#jobs.size + 1}`, request, parts };
    this.#jobs.set(job.id, { job, version: 1 });
    return job;
  }

  async read(id: string): Promise<BackfillJob | null> {
    return this.#jobs.get(id)?.job ?? null;
  }

  async readPart(id: string) {
    const held = this.#jobs.get(id);
    const [part] = held?.job.parts ?? [];
    return held === undefined || part === undefined ? null : { part, version: `${held.version}` };
  }

  async writePart(id: string, part: BackfillPart, version: string): Promise<string | null> {
    const held = this.#jobs.get(id);
    if (held === undefined || String(held.version) !== version) {
      return null;
    }
    this.#jobs.set(id, { job: { ...held.job, parts: [part] }, version: held.version + 1 });
    return String(held.version + 1);
  }

  partOf(id: string): BackfillPart {
    const part = this.#jobs.get(id)?.job.parts[0];
    if (part === undefined) {
      throw new Error(`there is no backfill ${id}`);
    }
    return part;
  }
}
