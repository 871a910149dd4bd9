import type { Account } from "../detection/classify.ts";
import type { Sighting } from "../detection/sighting.ts";

/** The distinct sightings of every account, whatever the order and repetition of the rows. */
export class Evidence {
  readonly #accounts = new Map<
    string,
    { readonly account: Account; readonly seen: Map<string, Sighting> }
  >();

  /** @returns whether it was new */
  add(account: Account, sighting: Sighting): boolean {
    const name = accountName(account);
    const held = this.#accounts.get(name) ?? { account, seen: new Map<string, Sighting>() };
    this.#accounts.set(name, held);
    const key = contentOf(sighting);
    const known = held.seen.get(key);
    held.seen.set(key, known === undefined ? sighting : earlierPublished(known, sighting));
    return known === undefined;
  }

  *[Symbol.iterator](): Generator<readonly [Account, readonly Sighting[]]> {
    for (const { account, seen } of this.#accounts.values()) {
      yield [account, [...seen.values()]];
    }
  }

  has(account: Account): boolean {
    return this.#accounts.has(accountName(account));
  }
}

export function accountName({ tenantId, user }: Account): string {
  return JSON.stringify([tenantId, user]);
}

/** Everything but the time of publication: a row delivered twice shows one sighting. */
function contentOf(sighting: Sighting): string {
  const { source, outcome, at, askedAt, request, method, second, origin } = sighting;
  return JSON.stringify([
    source,
    outcome,
    at,
    askedAt,
    request,
    method,
    second,
    Object.values(origin),
  ]);
}

function earlierPublished(a: Sighting, b: Sighting): Sighting {
  return (a.publishedAt ?? Infinity) <= (b.publishedAt ?? Infinity) ? a : b;
}
