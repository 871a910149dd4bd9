import type { DenialColumns } from "./columns.ts";
import type { Account } from "../signin/classify.ts";
import { promptOutcomes } from "../signin/outcome.ts";
import type { Sighting } from "../signin/sighting.ts";
import type { Origin } from "../signin/signIn.ts";
import { TextTable } from "./textTable.ts";
import { WordTable } from "./wordTable.ts";

/** Words of an account: what it is known by, then the rows of its first and last sighting. */
const account = { tenant: 0, user: 1, first: 2, last: 3, keyWords: 2, words: 4 } as const;

const origin = {
  userId: 0,
  ipAddress: 1,
  location: 2,
  application: 3,
  appId: 4,
  userAgent: 5,
  device: 6,
  guest: 7,
  words: 8,
} as const;

/**
 * Words of a sighting: what it is known by, everything but the time of publication, because a row delivered
 * twice shows one sighting. `what`: the number of its outcome, and bits. `next`: the row of the account's next
 * sighting, if any, and whether an earlier run had it.
 */
const shown = {
  at: 0,
  askedAt: 2,
  second: 4,
  account: 6,
  request: 7,
  method: 8,
  origin: 9,
  what: 10,
  keyWords: 11,
  next: 11,
  published: 12,
  words: 14,
} as const;

const outcomeBits = 15;
const isStatus = 16;
const isUnasked = 32;

/**
 * The distinct sightings of every account, whatever the order and repetition of the rows. Kept as numbers in
 * buffers: 56 bytes each, 5 to 11 for being found, and each distinct text and origin once.
 */
export class Evidence {
  readonly #texts = new TextTable();
  readonly #accounts = new WordTable(account.keyWords, account.words);
  readonly #origins = new WordTable(origin.words, origin.words);
  readonly #sightings = new WordTable(shown.keyWords, shown.words);
  // The sightings of a row come one after the other and share these two.
  readonly #accountOf = again((holder: Account) => this.#findAccount(holder));
  readonly #originOf = again((of: Origin) => this.#findOrigin(of));

  /** @returns whether it was news: not known, or not to be published so early */
  add(holder: Account, sighting: Sighting): boolean {
    return this.#put(holder, sighting, false);
  }

  /** Adds what an earlier run had, so that it is no news to this one. */
  recall(holder: Account, sighting: Sighting): void {
    this.#put(holder, sighting, true);
  }

  /** Accounts in the order in which they came, each with its sightings in the order in which they did. */
  *[Symbol.iterator](): Generator<readonly [Account, readonly Sighting[]]> {
    for (const { holder, sightings } of this.accounts()) {
      yield [holder, sightings()];
    }
  }

  /** The same, with sightings only made where they are asked for. The numbers are those of `columns`. */
  *accounts(): Generator<{
    readonly number: number;
    readonly holder: Account;
    readonly sightings: () => readonly Sighting[];
  }> {
    for (let number = 0; number < this.#accounts.size; number++) {
      yield {
        number,
        holder: {
          tenantId: this.#texts.textOf(this.#accounts.word(number, account.tenant)),
          user: this.#text(this.#accounts.word(number, account.user)),
        },
        sightings: () => this.#sightingsOf(number, () => true),
      };
    }
  }

  /** What no earlier run had, or not with so early a publication. */
  *news(): Generator<readonly [Account, Sighting]> {
    for (const { number, holder } of this.accounts()) {
      for (const sighting of this.#sightingsOf(number, (row) => !this.#isRecalled(row))) {
        yield [holder, sighting];
      }
    }
  }

  /** When whose sightings were, all of them. */
  columns(): DenialColumns {
    const { size } = this.#sightings;
    const columns = {
      accounts: this.#accounts.size,
      account: new Uint32Array(size),
      at: new Float64Array(size),
    };
    for (let row = 0; row < size; row++) {
      columns.account[row] = this.#sightings.word(row, shown.account);
      columns.at[row] = this.#sightings.double(row, shown.at);
    }
    return columns;
  }

  #put(holder: Account, sighting: Sighting, isRecalled: boolean): boolean {
    const number = this.#accountOf(holder);
    const published = publication(sighting);
    this.#draft(number, sighting);
    const row = this.#sightings.find();
    if (row < 0) {
      this.#append(number, published, isRecalled);
      return true;
    }
    const known = this.#sightings.double(row, shown.published);
    if (published < known || (isRecalled && published === known)) {
      this.#sightings.setDouble(row, shown.published, published);
      this.#sightings.setWord(row, shown.next, linkTo(this.#nextOf(row), isRecalled));
    }
    return published < known;
  }

  #draft(number: number, sighting: Sighting): void {
    const { words, doubles } = this.#sightings.draft;
    const { source, outcome, at, askedAt, request, method, second } = sighting;
    // Stryker disable next-line ArithmeticOperator: it is the first.
    doubles[shown.at / 2] = at;
    doubles[shown.askedAt / 2] = askedAt ?? 0;
    doubles[shown.second / 2] = second;
    words[shown.account] = number;
    words[shown.request] = this.#texts.numberOf(request);
    words[shown.method] = this.#texts.numberOf(method);
    words[shown.origin] = this.#originOf(sighting.origin);
    words[shown.what] =
      (promptOutcomes.indexOf(outcome) & outcomeBits) |
      (source === "status" ? isStatus : 0) |
      (askedAt === null ? isUnasked : 0);
  }

  #append(number: number, published: number, isRecalled: boolean): void {
    const { words, doubles } = this.#sightings.draft;
    doubles[shown.published / 2] = published;
    words[shown.next] = linkTo(-1, isRecalled);
    const row = this.#sightings.add();
    const last = this.#accounts.word(number, account.last) - 1;
    if (last < 0) {
      this.#accounts.setWord(number, account.first, row + 1);
    } else {
      this.#sightings.setWord(last, shown.next, linkTo(row, this.#isRecalled(last)));
    }
    this.#accounts.setWord(number, account.last, row + 1);
  }

  #findAccount({ tenantId, user }: Account): number {
    const { words } = this.#accounts.draft;
    words[account.tenant] = this.#texts.numberOf(tenantId);
    words[account.user] = this.#texts.numberOf(user);
    const known = this.#accounts.find();
    return known < 0 ? this.#accounts.add() : known;
  }

  #findOrigin(of: Origin): number {
    const { words } = this.#origins.draft;
    words[origin.userId] = this.#texts.numberOf(of.userId);
    words[origin.ipAddress] = this.#texts.numberOf(of.ipAddress);
    words[origin.location] = this.#texts.numberOf(of.location);
    words[origin.application] = this.#texts.numberOf(of.application);
    words[origin.appId] = this.#texts.numberOf(of.appId);
    words[origin.userAgent] = this.#texts.numberOf(of.userAgent);
    words[origin.device] = this.#texts.numberOf(of.device);
    words[origin.guest] = of.guest ? 1 : 0;
    const known = this.#origins.find();
    return known < 0 ? this.#origins.add() : known;
  }

  #sightingsOf(number: number, isWanted: (row: number) => boolean): readonly Sighting[] {
    const origins = new Map<number, Origin>();
    const sightings: Sighting[] = [];
    let row = this.#accounts.word(number, account.first) - 1;
    for (; row >= 0; row = this.#nextOf(row)) {
      if (isWanted(row)) {
        sightings.push(this.#sighting(row, origins));
      }
    }
    return sightings;
  }

  #sighting(row: number, origins: Map<number, Origin>): Sighting {
    const table = this.#sightings;
    const what = table.word(row, shown.what);
    const published = table.double(row, shown.published);
    const originNumber = table.word(row, shown.origin);
    const from = origins.get(originNumber) ?? this.#origin(originNumber);
    origins.set(originNumber, from);
    return {
      source: (what & isStatus) === 0 ? "step" : "status",
      outcome: promptOutcomes[what & outcomeBits] ?? "pending",
      at: table.double(row, shown.at),
      askedAt: (what & isUnasked) === 0 ? table.double(row, shown.askedAt) : null,
      method: this.#text(table.word(row, shown.method)),
      second: table.double(row, shown.second),
      request: this.#text(table.word(row, shown.request)),
      publishedAt: published === -Infinity ? null : published,
      origin: from,
    };
  }

  #origin(row: number): Origin {
    const text = (word: number) => this.#texts.textOf(this.#origins.word(row, word));
    return {
      userId: text(origin.userId),
      ipAddress: text(origin.ipAddress),
      location: text(origin.location),
      application: text(origin.application),
      appId: text(origin.appId),
      userAgent: text(origin.userAgent),
      device: text(origin.device),
      guest: this.#origins.word(row, origin.guest) === 1,
    };
  }

  #text(number: number): string {
    return this.#texts.textOf(number) ?? "";
  }

  /** @returns the row of the account's next sighting, or -1 */
  #nextOf(row: number): number {
    return (this.#sightings.word(row, shown.next) >>> 1) - 1;
  }

  #isRecalled(row: number): boolean {
    return (this.#sightings.word(row, shown.next) & 1) === 1;
  }
}

/** The same for an object that comes twice in a row, without looking at it again. */
function again<K extends object>(find: (key: K) => number): (key: K) => number {
  let last: K | null = null;
  let found = 0;
  return (key) => {
    // Stryker disable next-line ConditionalExpression: to look again costs time only.
    if (key !== last) {
      found = find(key);
      last = key;
    }
    return found;
  };
}

/** @param next a row, or -1 */
function linkTo(next: number, isRecalled: boolean): number {
  return (next + 1) * 2 + (isRecalled ? 1 : 0);
}

export function accountName({ tenantId, user }: Account): string {
  return JSON.stringify([tenantId, user]);
}

/** A row that does not say when it was published has always been there. */
function publication({ publishedAt }: Sighting): number {
  return publishedAt ?? -Infinity;
}
