import {
  accountKey,
  allNames,
  joinNames,
  objectIdOf,
  type Account,
  type RowAccount,
} from "../detection/signin/account.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { classify } from "../detection/signin/classify.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { LogQuery } from "./ports.ts";
import { publicationLag } from "./readAround.ts";
import type { Page } from "./readPages.ts";

/** The number of sightings after which old ones are forgotten, at some 400 bytes each. */
const mostKept = 60_000;

/** How far ingestion may lie before `TimeGenerated`, in milliseconds. The queries allow as much. */
const clocksApart = 86_400_000;

/** What the rows of one step show. */
interface SeenStep {
  readonly from: number;
  readonly accounts: Map<string, SeenAccount>;
  /** Names and ids in rows that lack an id or a tenant. They may belong to accounts that have both. */
  readonly loose: Set<string>;
  size: number;
}

interface SeenAccount {
  readonly names: Set<string>;
  readonly sightings: Sighting[];
}

/**
 * What the last steps of a sweep showed of everybody. If all sightings of an account are here, it need not be read
 * again to see that it does not fire.
 */
export class RecentSightings {
  readonly #by: LogQuery["by"];
  readonly #most: number;
  readonly #steps: SeenStep[] = [];

  constructor(by: LogQuery["by"], most = mostKept) {
    this.#by = by;
    this.#most = most;
  }

  /** What happened since this time (epoch ms) and was published before the last step ended is all here. */
  get completeFrom(): number {
    const from = this.#steps[0]?.from ?? Infinity;
    return from + publicationLag.before + (this.#by === "ingested" ? clocksApart : 0);
  }

  /** Begins a step where the last one ended. Forgets the oldest steps if they contain too much. */
  begin(from: number): void {
    let kept = this.#steps.reduce((sum, { size }) => sum + size, 0);
    while (kept > this.#most) {
      kept -= this.#steps.shift()?.size ?? kept;
    }
    this.#steps.push({ from, accounts: new Map(), loose: new Set(), size: 0 });
  }

  /** Begins a step, and adds its rows. */
  recall({ from, rows }: Pick<Page, "from" | "rows">, rules: readonly Rule[]): void {
    this.begin(from);
    const scopes = rules.map((rule) => rule.scope);
    for (const record of rows) {
      const { account, sightings } = classify(record, { scopes });
      if (account !== null) {
        this.note(account, sightings);
      }
    }
  }

  /** Adds a row of the current step. */
  note(account: RowAccount, sightings: readonly Sighting[]): void {
    const step = this.#steps.at(-1);
    if (step === undefined) {
      return;
    }
    const { tenantId, user, name } = account;
    if (tenantId === null || objectIdOf(user) === null) {
      step.loose.add(user).add(name ?? user);
      return;
    }
    const key = accountKey(account);
    const seen = step.accounts.get(key) ?? { names: new Set(), sightings: [] };
    step.accounts.set(key, seen);
    if (name !== null) {
      seen.names.add(name);
    }
    seen.sightings.push(...sightings);
    step.size += sightings.length;
  }

  /**
   * Returns the sightings of an account with an id and a tenant, and the account with all of its names.
   *
   * @returns null if there are rows without an id or a tenant that may belong to it
   */
  of(
    account: Account,
  ): { readonly account: Account; readonly sightings: readonly Sighting[] } | null {
    const key = accountKey(account);
    const seen = this.#steps.flatMap(({ accounts }) => accounts.get(key) ?? []);
    const more = seen.flatMap(({ names }) => [...names].map((name) => ({ name, seenAt: 0 })));
    const known = { ...account, names: joinNames(account.names ?? [], more) };
    const names = allNames(known);
    const isShared = this.#steps.some(({ loose }) => names.some((name) => loose.has(name)));
    return isShared
      ? null
      : { account: known, sightings: seen.flatMap(({ sightings }) => sightings) };
  }
}
