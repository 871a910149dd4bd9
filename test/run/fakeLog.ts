import { classify } from "../../src/detection/signin/classify.ts";
import { isCandidate } from "../../src/detection/signin/candidate.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import type { Clock, LogAnswer, LogQuery, SignInSource } from "../../src/run/ports.ts";
import { time, type Row } from "../builders.ts";

/** A row, and when the log service stored it (epoch milliseconds). */
export interface PublishedRow {
  readonly publishedAt: number;
  /** From when on queries find it, if not at once: rows become visible out of order. */
  readonly visibleAt?: number;
  readonly row: Fields;
}

export interface AskedQuery extends LogQuery {
  readonly kind: "candidates" | "approvals";
  /** How many rows belong to the answer. */
  readonly rows: number;
}

/** A moment on the fixed day (`"09:00:13"`), or epoch milliseconds. */
export type Moment = string | number;

export const momentOf = (moment: Moment) => (typeof moment === "string" ? time(moment) : moment);

/** Rows that are stored when they say they are (`TimeGenerated`), unless another moment is given. */
export function publish(rows: readonly Row[], at?: Moment): readonly PublishedRow[] {
  return rows.map((row) => ({
    row,
    publishedAt: at === undefined ? generatedAt(row) : momentOf(at),
  }));
}

function generatedAt(row: Fields): number {
  return Date.parse(String(row["TimeGenerated"]));
}

/**
 * A log service in memory: shows what was published by its own clock's time, and answers partially what is more
 * than `mostRows`. It has no query language, cuts no text, and takes any range.
 */
export class FakeLog implements SignInSource {
  readonly asked: AskedQuery[] = [];
  mostRows = Infinity;
  /** What it says of that beforehand. */
  pageRows = Infinity;
  /** How far the service's clock is ahead of the clock it was given, milliseconds. */
  aheadMs = 0;
  /** Told of every query; may throw, or let time pass. */
  before: (query: Omit<AskedQuery, "rows">) => void | Promise<void> = () => {};
  readonly #clock: Clock;
  readonly #rows: {
    readonly row: Fields;
    readonly ingested: number;
    readonly visible: number;
    readonly generated: number;
    readonly names: readonly (string | null)[];
    readonly candidate: boolean;
    readonly approves: boolean;
  }[] = [];

  constructor(clock: Clock, rows: readonly PublishedRow[] = []) {
    this.#clock = clock;
    this.add(rows);
  }

  add(rows: readonly PublishedRow[]): void {
    for (const { row, publishedAt, visibleAt = publishedAt } of rows) {
      const signIn = readSignIn(row);
      this.#rows.push({
        row,
        ingested: publishedAt,
        visible: visibleAt,
        generated: generatedAt(row),
        names: signIn.account === null ? [] : [signIn.account.user, signIn.account.name],
        candidate: isCandidate(signIn),
        approves: classify(row).approvals.length > 0,
      });
    }
  }

  candidates(query: LogQuery, signal: AbortSignal): Promise<LogAnswer> {
    return this.#answer("candidates", query, signal);
  }

  approvals(query: LogQuery, signal: AbortSignal): Promise<LogAnswer> {
    return this.#answer("approvals", query, signal);
  }

  async #answer(
    kind: AskedQuery["kind"],
    query: LogQuery,
    signal: AbortSignal,
  ): Promise<LogAnswer> {
    signal.throwIfAborted();
    await this.before({ ...query, kind });
    const servedAt = this.#clock.now() + this.aheadMs;
    const { by, range, users, shard } = query;
    const wanted = users === null ? null : new Set(users);
    const rows = this.#rows.filter(
      (row) =>
        (kind === "candidates" ? row.candidate : row.approves) &&
        row.visible <= servedAt &&
        row[by] >= range.from &&
        row[by] < range.to &&
        (wanted === null || row.names.some((name) => name !== null && wanted.has(name))) &&
        (shard === null || hash(row.names.join(" ")) % shard.count === shard.index),
    );
    this.asked.push({ ...query, kind, rows: rows.length });
    return rows.length > this.mostRows
      ? { kind: "partial", reason: `more than ${this.mostRows} rows` }
      : { kind: "whole", rows: rows.map(({ row }) => row), servedAt };
  }
}

function hash(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7);
}
