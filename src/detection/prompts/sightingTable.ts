import type { DenialColumns } from "./columns.ts";
import type { Account, AccountId, RowAccount } from "../signin/account.ts";
import type { Sighting } from "../signin/sighting.ts";
import type { Origin } from "../signin/signIn.ts";
import { again } from "./again.ts";
import { MatchedAccounts, noBindings, type Bindings } from "./accounts.ts";
import { TextTable } from "./textTable.ts";
import {
  account,
  linkTo,
  name,
  origin,
  packWhat,
  publication,
  shown,
  unpackWhat,
} from "./sightingWords.ts";
import { WordTable } from "./wordTable.ts";

/**
 * The distinct sightings of every account. Order and repetition of the rows do not matter. They are stored as
 * numbers in buffers: 64 bytes each, 5 to 11 for the hash table, and each distinct text and origin once.
 */
export class SightingTable {
  readonly #texts = new TextTable();
  readonly #accounts = new WordTable(account.keyWords, account.words);
  readonly #names = new WordTable(name.keyWords, name.words);
  readonly #origins = new WordTable(origin.words, origin.words);
  readonly #sightings = new WordTable(shown.keyWords, shown.words);
  // The sightings of one row come in sequence and share these three.
  readonly #accountOf = again((holder: RowAccount) => this.#findAccount(holder));
  readonly #nameOf = again((holder: RowAccount) => this.#findName(holder));
  readonly #originOf = again((of: Origin) => this.#findOrigin(of));

  /** @returns whether it was new, or was known only with a later publication */
  add(holder: RowAccount, sighting: Sighting): boolean {
    return this.#put(holder, sighting, false);
  }

  /** Adds what an earlier run had, so that it is not new to this one. */
  recall(holder: RowAccount, sighting: Sighting): void {
    this.#put(holder, sighting, true);
  }

  /** Finds which accounts are the same person, from the rows so far and the stored bindings. */
  match(bindings: Bindings = noBindings): MatchedAccounts {
    const accounts = this.#accounts;
    const names = this.#names;
    return new MatchedAccounts(
      {
        accounts: accounts.size,
        tenantOf: (number) => this.#idAt(number).tenantId,
        userOf: (number) => this.#idAt(number).user,
        names: names.size,
        nameAt: (row) => {
          const number = names.word(row, name.account);
          const text = names.word(row, name.text);
          return {
            account: number,
            name: this.#text(text),
            seenAt: names.double(row, name.seenAt),
            isUser: text === accounts.word(number, account.user),
          };
        },
      },
      bindings,
    );
  }

  /** The accounts whose rows lack the id or the tenant. */
  looseAccounts(): readonly AccountId[] {
    const loose = new Map<number, AccountId>();
    for (let row = 0; row < this.#names.size; row++) {
      const number = this.#names.word(row, name.account);
      if (this.#names.word(row, name.text) === this.#accounts.word(number, account.user)) {
        loose.set(number, this.#idAt(number));
      }
    }
    for (let number = 0; number < this.#accounts.size; number++) {
      if (this.#accounts.word(number, account.tenant) === 0) {
        loose.set(number, this.#idAt(number));
      }
    }
    return [...loose.values()];
  }

  #idAt(number: number): AccountId {
    return {
      tenantId: this.#texts.textOf(this.#accounts.word(number, account.tenant)),
      user: this.#text(this.#accounts.word(number, account.user)),
    };
  }

  /** Returns accounts in the order of arrival. Sightings are created on request. */
  *accounts(matched: MatchedAccounts = this.match()): Generator<{
    /** The account number, as in `columns`. */
    readonly number: number;
    readonly account: () => Account;
    readonly sightings: () => readonly Sighting[];
  }> {
    for (let number = 0; number < this.#accounts.size; number++) {
      const members = matched.membersOf(number);
      if (members !== null) {
        yield {
          number,
          account: () => matched.accountAt(number),
          sightings: () => members.flatMap((member) => this.#sightingsOf(member, () => true)),
        };
      }
    }
  }

  /**
   * Returns sightings that no earlier run had, or had only with a later publication, with the account they belong
   * to.
   */
  *news(matched: MatchedAccounts = this.match()): Generator<readonly [RowAccount, Sighting]> {
    for (let number = 0; number < this.#accounts.size; number++) {
      const { tenantId, user } = matched.idAt(number);
      for (const sighting of this.#sightingsOf(number, (row) => !this.#isRecalled(row))) {
        yield [{ tenantId, user, name: sighting.origin.userName }, sighting];
      }
    }
  }

  /** Account and time of every sighting, as columns. */
  columns(matched: MatchedAccounts = this.match()): DenialColumns {
    const { size } = this.#sightings;
    const columns = {
      accounts: this.#accounts.size,
      account: new Uint32Array(size),
      at: new Float64Array(size),
    };
    for (let row = 0; row < size; row++) {
      columns.account[row] = matched.numberOf(this.#sightings.word(row, shown.account));
      columns.at[row] = this.#sightings.double(row, shown.at);
    }
    return columns;
  }

  #put(holder: RowAccount, sighting: Sighting, isRecalled: boolean): boolean {
    const number = this.#accountOf(holder);
    this.#noteName(holder, sighting.at);
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

  #noteName(holder: RowAccount, at: number): void {
    if (holder.name !== null) {
      const row = this.#nameOf(holder);
      this.#names.setDouble(row, name.seenAt, Math.max(at, this.#names.double(row, name.seenAt)));
    }
  }

  #draft(number: number, sighting: Sighting): void {
    const { words, doubles } = this.#sightings.draft;
    const { at, askedAt, second } = sighting;
    // Stryker disable next-line ArithmeticOperator: it is the first.
    doubles[shown.at / 2] = at;
    doubles[shown.askedAt / 2] = askedAt ?? 0;
    doubles[shown.second / 2] = second;
    words[shown.account] = number;
    words[shown.request] = this.#texts.numberOf(sighting.request);
    words[shown.requestAlias] = this.#texts.numberOf(sighting.requestAlias);
    words[shown.method] = this.#texts.numberOf(sighting.method);
    words[shown.origin] = this.#originOf(sighting.origin);
    words[shown.what] = packWhat(sighting);
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

  #findAccount({ tenantId, user }: RowAccount): number {
    const { words } = this.#accounts.draft;
    words[account.tenant] = this.#texts.numberOf(tenantId);
    words[account.user] = this.#texts.numberOf(user);
    const known = this.#accounts.find();
    return known < 0 ? this.#accounts.add() : known;
  }

  #findName(holder: RowAccount): number {
    const { words, doubles } = this.#names.draft;
    words[name.account] = this.#accountOf(holder);
    words[name.text] = this.#texts.numberOf(holder.name);
    doubles[name.seenAt / 2] = -Infinity;
    const known = this.#names.find();
    return known < 0 ? this.#names.add() : known;
  }

  #findOrigin(of: Origin): number {
    const { words } = this.#origins.draft;
    words[origin.userId] = this.#texts.numberOf(of.userId);
    words[origin.userName] = this.#texts.numberOf(of.userName);
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
      outcome: unpackWhat.outcome(what),
      source: unpackWhat.source(what),
      details: unpackWhat.details(what),
      requestBy: unpackWhat.requestBy(what),
      lends: unpackWhat.lends(what),
      at: table.double(row, shown.at),
      askedAt: unpackWhat.isAsked(what) ? table.double(row, shown.askedAt) : null,
      method: this.#text(table.word(row, shown.method)),
      second: table.double(row, shown.second),
      request: this.#text(table.word(row, shown.request)),
      requestAlias: this.#texts.textOf(table.word(row, shown.requestAlias)),
      publishedAt: published === -Infinity ? null : published,
      origin: from,
    };
  }

  #origin(row: number): Origin {
    const text = (word: number) => this.#texts.textOf(this.#origins.word(row, word));
    return {
      userId: text(origin.userId),
      userName: text(origin.userName),
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
