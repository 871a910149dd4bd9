import type { Gap } from "../detection/context/context.ts";
import { followedMs } from "../detection/context/followed.ts";
import { historyMs } from "../detection/context/history.ts";
import { readAuditEvent, readOfficeEvent, readRiskEvent } from "../detection/context/readEvent.ts";
import {
  type EventRow,
  type FailedSignIns,
  type Habit,
  type PassedSignIn,
  type RefusedRequest,
  type SeenSignIns,
} from "../detection/context/rows.ts";
import { withSharedTexts, type ContextSignIn } from "../detection/context/signInRow.ts";
import type { Fields } from "../detection/signin/fields.ts";
import type { ContextWish, LookedUp } from "./lookUpContext.ts";
import type { RelatedRecord, RelatedTo } from "./signInFiles.ts";
import { SuccessWindows } from "./successWindows.ts";

const hour = 3_600_000;
const day = 24 * hour;

const eventReaders = {
  audit: readAuditEvent,
  office: readOfficeEvent,
  risk: readRiskEvent,
} as const satisfies Record<
  Exclude<RelatedRecord["kind"], "signIn">,
  (record: Fields) => EventRow | null
>;

/** Tables that may be missing from the files. Nothing follows from their silence. */
const tables = { audit: "AuditLogs", office: "OfficeActivity", risk: "AADUserRiskEvents" } as const;

interface CollectOptions {
  /** Ignores everything published after this time (epoch ms). */
  readonly asOf: number | null;
  /** Whether successes of other accounts are wanted. */
  readonly successes: boolean;
}

/**
 * Collects what the records of files say about some accounts and the origins of their denials.
 *
 * @param wishes at least one
 */
export async function collectContext(
  read: (wanted: RelatedTo) => AsyncIterable<RelatedRecord>,
  wishes: readonly ContextWish[],
  options: CollectOptions,
): Promise<LookedUp> {
  const collector = new Collector(wishes, options);
  for await (const each of read(collector.wanted)) {
    collector.add(each);
  }
  return collector.rows();
}

class Collector {
  readonly #asOf: number;
  readonly #names: ReadonlySet<string>;
  readonly #addresses: ReadonlySet<string>;
  readonly #first: number;
  readonly #lastFirst: number;
  readonly #last: number;
  readonly #windows: SuccessWindows;
  readonly #seen = new Map<string, SeenSignIns>();
  readonly #habits = new Map<string, Habit>();
  readonly #refused: RefusedRequest[] = [];
  readonly #failed = new Map<string, FailedSignIns>();
  readonly #passed: PassedSignIn[] = [];
  readonly #events: EventRow[] = [];
  readonly #kinds = new Set<RelatedRecord["kind"]>();

  constructor(wishes: readonly ContextWish[], { asOf, successes }: CollectOptions) {
    this.#windows = new SuccessWindows(successes ? wishes : []);
    this.#asOf = asOf ?? Infinity;
    this.#names = new Set(wishes.flatMap(({ names }) => names));
    this.#addresses = new Set(wishes.flatMap(({ addresses }) => addresses));
    const firsts = wishes.map(({ firstDenialAt }) => firstDenialAt);
    this.#first = firsts.reduce((a, b) => Math.min(a, b), Infinity);
    this.#lastFirst = firsts.reduce((a, b) => Math.max(a, b), -Infinity);
    this.#last = wishes.reduce((last, { lastDenialAt }) => Math.max(last, lastDenialAt), -Infinity);
  }

  get wanted(): RelatedTo {
    return {
      names: this.#names,
      addresses: this.#addresses,
      from: this.#first - historyMs,
      to: this.#last + day,
      wantsSuccess: (address, from, to) => this.#windows.wants(address, from, to),
    };
  }

  add(related: RelatedRecord): void {
    this.#kinds.add(related.kind);
    if (related.kind === "signIn") {
      if (related.signIn.publishedAt <= this.#asOf) {
        this.#signIn(withSharedTexts(related.signIn));
      }
      return;
    }
    const event = eventReaders[related.kind](related.record);
    if (
      event !== null &&
      event.at <= this.#asOf &&
      event.at >= this.#first - day &&
      event.at <= this.#lastFirst + followedMs &&
      (this.#isOf(event.byNames) || this.#isOf(event.onNames))
    ) {
      this.#events.push(event);
    }
  }

  #signIn(signIn: ContextSignIn): void {
    const { names, kind, at, address, interactive } = signIn;
    const own = this.#isOf(names);
    if (own && interactive && at >= this.#first - historyMs && at <= this.#last) {
      this.#past(signIn);
    }
    const isFrom = address !== null && this.#addresses.has(address);
    if (interactive && at >= this.#first - day && at <= this.#last + day) {
      const isFailed =
        kind === "refused" ||
        kind === "unexplained" ||
        (kind === "wrongPassword" && (own || isFrom));
      if (isFailed) {
        this.#fail(signIn, kind);
      }
    }
    if (signIn.succeeded && at >= this.#first && at <= this.#lastFirst + day) {
      // A session is one account's, so sign-ins in the session of a denial are the account's own.
      const mayBe = own
        ? isFrom || signIn.session !== null
        : address !== null && this.#windows.take(address, at);
      if (mayBe) {
        this.#passed.push(signIn);
      }
    }
  }

  #isOf(names: readonly string[]): boolean {
    return names.some((name) => this.#names.has(name));
  }

  /** Adds one row for each time it appears in a file. */
  #fail({ names, request, ...signIn }: ContextSignIn, kind: FailedSignIns["kind"]): void {
    const { at, address, asNumber, userAgent } = signIn;
    const key = JSON.stringify([names, request, kind]);
    this.#failed.set(key, {
      names,
      kind,
      address,
      asNumber,
      userAgent,
      firstAt: at,
      lastAt: at,
      signIns: 1,
    });
  }

  #past(signIn: ContextSignIn): void {
    const { names, kind, at, address, device } = signIn;
    if (kind === "refused" || kind === "satisfied") {
      const key = JSON.stringify([names, kind, address, device, Math.floor(at / hour)]);
      const { firstAt = at, lastAt = at } = this.#seen.get(key) ?? {};
      const span = { firstAt: Math.min(firstAt, at), lastAt: Math.max(lastAt, at) };
      this.#seen.set(key, { names, kind, address, device, ...span });
    }
    if (kind === "refused") {
      this.#refused.push(signIn);
    }
    if (kind === "satisfied" || kind === "passed") {
      const { country, asNumber, browser, application } = signIn;
      const key = JSON.stringify([names, country, asNumber, browser, application]);
      const { firstAt = at, lastAt = at } = this.#habits.get(key) ?? {};
      this.#habits.set(key, {
        names,
        country,
        asNumber,
        browser,
        application,
        firstAt: Math.min(firstAt, at),
        lastAt: Math.max(lastAt, at),
      });
    }
  }

  rows(): LookedUp {
    const kinds = ["audit", "office", "risk"] as const;
    return {
      seen: { rows: [...this.#seen.values()] },
      habits: { rows: [...this.#habits.values()] },
      refused: { rows: this.#refused },
      failed: { rows: [...this.#failed.values()] },
      passed: { rows: this.#passed },
      events: { rows: this.#events },
      gaps: kinds
        .filter((kind) => !this.#kinds.has(kind))
        .map((kind): Gap => ({ table: tables[kind], problem: "not connected" })),
    };
  }
}
