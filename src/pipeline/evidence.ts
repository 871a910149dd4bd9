import type { Account } from "../detection/classify.ts";
import type { Sighting } from "../detection/sighting.ts";
import type { Origin } from "../detection/signIn.ts";

/** The distinct sightings of every account, whatever the order and repetition of the rows. */
export class Evidence {
  readonly #accounts = new Map<
    string,
    { readonly account: Account; readonly seen: Map<string, Sighting> }
  >();
  /** Each origin once: a user has few, and they are the larger part of a sighting. */
  readonly #origins = new Map<string, { readonly number: number; readonly origin: Origin }>();

  /** @returns whether it was news: not known, or not to be published so early */
  add(account: Account, sighting: Sighting): boolean {
    const name = accountName(account);
    const held = this.#accounts.get(name) ?? { account, seen: new Map<string, Sighting>() };
    this.#accounts.set(name, held);
    const { number, origin } = this.#intern(sighting.origin);
    const key = contentOf(sighting, number);
    const known = held.seen.get(key);
    const isNews = known === undefined || publication(sighting) < publication(known);
    if (isNews) {
      held.seen.set(key, { ...sighting, origin });
    }
    return isNews;
  }

  #intern(origin: Origin): { readonly number: number; readonly origin: Origin } {
    const content = JSON.stringify(Object.values(origin));
    const held = this.#origins.get(content) ?? { number: this.#origins.size, origin };
    this.#origins.set(content, held);
    return held;
  }

  *[Symbol.iterator](): Generator<readonly [Account, readonly Sighting[]]> {
    for (const { account, seen } of this.#accounts.values()) {
      yield [account, [...seen.values()]];
    }
  }
}

export function accountName({ tenantId, user }: Account): string {
  return JSON.stringify([tenantId, user]);
}

/** Everything but the time of publication: a row delivered twice shows one sighting. */
function contentOf(sighting: Sighting, originNumber: number): string {
  const { source, outcome, at, askedAt, request, method, second } = sighting;
  return JSON.stringify([source, outcome, at, askedAt, request, method, second, originNumber]);
}

/** A row that does not say when it was published has always been there. */
function publication({ publishedAt }: Sighting): number {
  return publishedAt ?? -Infinity;
}
