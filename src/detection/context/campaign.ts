import { numberAt } from "../prompts/columns.ts";
import type { Campaign, CampaignTrait } from "./context.ts";
import { FailedColumns, groupByAccount, splitByNames } from "./failedAccounts.ts";
import { distinct } from "./origins.ts";
import { grouped, TimeIndex } from "./rowIndex.ts";
import {
  isSame,
  shownName,
  spanOf,
  type FailedSignIns,
  type KnownFinding,
  type Names,
  type RefusedRequest,
} from "./rows.ts";
import type { Scene } from "./scene.ts";
import { smallest } from "./smallest.ts";

const day = 86_400_000;

/** The number of other accounts a campaign names. Their total is given as well. */
export const namedMembers = 20;

/**
 * The number of failures from the same provider or browser that is needed. A single one may be a stranger's
 * mistake. From the same address, one is enough.
 */
const leastFailures = 2;

type Kind = CampaignTrait["kind"];

/** Strongest first. */
const kinds = ["address", "as-number", "user-agent"] as const satisfies readonly Kind[];

const fields = {
  address: "address",
  "as-number": "asNumber",
  "user-agent": "userAgent",
} as const satisfies Readonly<Record<Kind, keyof FailedSignIns>>;

/** Returns the value in a list; an empty list if the row has none. */
function valuesOf(kind: Kind, row: FailedSignIns): readonly string[] {
  const value = row[fields[kind]];
  return value === null ? [] : [value];
}

type Traits = Readonly<Record<Kind, ReadonlySet<string>>>;

/** Both ends are inclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** What accounts that rows name in different ways share with a burst. */
interface UnlikeShares {
  readonly shown: ReadonlySet<string>;
  readonly names: readonly string[];
  readonly traits: Traits;
}

interface NumberedFinding {
  readonly finding: KnownFinding;
  /** The numbers of its names, and of the accounts with one of them. */
  readonly names: readonly number[];
  readonly accounts: readonly number[];
}

/**
 * Finds other accounts whose prompts were refused, or failed without a reason, from the same origin within 24 hours.
 * Create it once for all findings, because it prepares the rows of all accounts.
 */
export class CampaignFinder {
  readonly #rows: FailedColumns;
  /** The rows with each address, network and browser. */
  readonly #rowsWith: Readonly<Record<Kind, ReadonlyMap<string, Uint32Array>>>;
  readonly #unlike: TimeIndex<FailedSignIns>;
  readonly #findings: TimeIndex<NumberedFinding>;
  /** The accounts in `#rows` by name. */
  readonly #accounts: ReadonlyMap<string, number>;
  /** The names of findings, numbered. */
  readonly #names: ReadonlyMap<string, number>;
  /** The current question. The columns below have the last question that an account, name or row was noted for. */
  #question = 0;
  readonly #shares: Uint32Array;
  readonly #sharesAddress: Uint32Array;
  readonly #isPart: Uint32Array;
  readonly #counted: Uint32Array;
  /** Failures of the accounts noted in `#shares`. */
  readonly #failures: Uint32Array;

  constructor(failed: readonly FailedSignIns[], findings: readonly KnownFinding[]) {
    const rows = failed
      .filter(({ kind }) => kind !== "wrongPassword")
      .toSorted((a, b) => a.firstAt - b.firstAt);
    const { alike, unlike } = splitByNames(rows);
    this.#rows = new FailedColumns(alike);
    this.#rowsWith = perKind((kind) => rowsByValue(alike, kind));
    this.#unlike = new TimeIndex(unlike, spanOf);
    const accounts = this.#rows.names.flatMap((names, account) =>
      names.map((name) => [name, account] as const),
    );
    this.#accounts = new Map(accounts);
    const named = new Set(findings.flatMap(({ names }) => names));
    this.#names = new Map([...named].map((name, number) => [name, number]));
    const numbered = findings.toSorted(byTime).map((finding) => ({
      finding,
      names: numbersOf(finding.names, this.#names),
      accounts: numbersOf(finding.names, this.#accounts),
    }));
    this.#findings = new TimeIndex(numbered, ({ finding }) => [
      finding.firstDenialAt,
      finding.lastDenialAt,
    ]);
    this.#isPart = new Uint32Array(named.size);
    this.#shares = new Uint32Array(this.#rows.names.length);
    this.#sharesAddress = new Uint32Array(this.#rows.names.length);
    this.#failures = new Uint32Array(this.#rows.names.length);
    this.#counted = new Uint32Array(alike.length);
  }

  find(requests: readonly RefusedRequest[], scene: Scene): Campaign | null {
    this.#question++;
    const span = { from: scene.firstDenialAt - day, to: scene.lastDenialAt + day };
    const traits = traitsOf(requests, scene);
    const accounts = this.#accountsSharing(traits, span, scene);
    const unlike = this.#unlikeShares(traits, span, scene);
    const users = accounts.length + unlike.shown.size;
    if (users === 0) {
      return null;
    }
    for (const number of numbersOf([...scene.names, ...unlike.names], this.#names)) {
      this.#isPart[number] = this.#question;
    }
    const first = smallest(accounts, namedMembers)
      .flatMap((account) => this.#rows.names.slice(account, account + 1))
      .map(shownName);
    return {
      id: this.#idIn(span),
      users,
      members: distinct([...first, ...unlike.shown]).slice(0, namedMembers),
      shared: kinds.flatMap((kind) =>
        distinct([...this.#valuesShared(kind, traits[kind], span), ...unlike.traits[kind]]).map(
          (value) => ({ kind, value }),
        ),
      ),
    };
  }

  /** Finds the other accounts that share enough, and notes them. */
  #accountsSharing(traits: Traits, span: Span, { names }: Scene): readonly number[] {
    const touched: number[] = [];
    for (const kind of kinds) {
      for (const value of traits[kind]) {
        this.#rows.some(this.#with(kind, value), span, (row) => {
          this.#note(row, kind, touched);
          return false;
        });
      }
    }
    for (const own of numbersOf(names, this.#accounts)) {
      this.#shares[own] = 0;
    }
    return touched.filter((account) => this.#isShare(account));
  }

  #note(row: number, kind: Kind, touched: number[]): void {
    const account = numberAt(this.#rows.account, row);
    if (numberAt(this.#shares, account) !== this.#question) {
      this.#shares[account] = this.#question;
      this.#failures[account] = 0;
      touched.push(account);
    }
    if (numberAt(this.#counted, row) !== this.#question) {
      this.#counted[row] = this.#question;
      this.#failures[account] =
        numberAt(this.#failures, account) + numberAt(this.#rows.signIns, row);
    }
    if (kind === "address") {
      this.#sharesAddress[account] = this.#question;
    }
  }

  #isShare(account: number): boolean {
    return (
      numberAt(this.#shares, account) === this.#question &&
      isEnough(
        numberAt(this.#sharesAddress, account) === this.#question,
        numberAt(this.#failures, account),
      )
    );
  }

  #with(kind: Kind, value: string): Uint32Array {
    return this.#rowsWith[kind].get(value) ?? none;
  }

  /** Returns the values that a row of an account that shares enough has. */
  #valuesShared(kind: Kind, values: ReadonlySet<string>, span: Span): readonly string[] {
    const isOfShare = (row: number) => this.#isShare(numberAt(this.#rows.account, row));
    return [...values].filter((value) => this.#rows.some(this.#with(kind, value), span, isOfShare));
  }

  #unlikeShares(traits: Traits, { from, to }: Span, { names }: Scene): UnlikeShares {
    const others = this.#unlike.within(from, to).filter((row) => !isSame(row.names, names));
    const shares: Names[] = [];
    const shared = perKind(() => new Set<string>());
    for (const rows of groupByAccount(others)) {
      const inCommon = (kind: Kind, row: FailedSignIns) =>
        valuesOf(kind, row).filter((value) => traits[kind].has(value));
      const found = rows.filter((row) => kinds.some((kind) => inCommon(kind, row).length > 0));
      const sharesAddress = found.some((row) => inCommon("address", row).length > 0);
      const failures = found.reduce((sum, { signIns }) => sum + signIns, 0);
      if (isEnough(sharesAddress, failures)) {
        shares.push(rows.flatMap((row) => row.names));
        for (const kind of kinds) {
          found.flatMap((row) => inCommon(kind, row)).forEach((value) => shared[kind].add(value));
        }
      }
    }
    return { shown: new Set(shares.map(shownName)), names: shares.flat(), traits: shared };
  }

  /** Returns the id of the earliest finding of the account or one of the others. */
  #idIn({ from, to }: Span): string | null {
    const earliest = this.#findings.find(
      from,
      to,
      ({ names, accounts }) =>
        names.some((name) => numberAt(this.#isPart, name) === this.#question) ||
        accounts.some((account) => this.#isShare(account)),
    );
    return earliest === undefined ? null : (earliest.finding.campaign ?? earliest.finding.id);
  }
}

const none = new Uint32Array();

function rowsByValue(rows: readonly FailedSignIns[], kind: Kind): ReadonlyMap<string, Uint32Array> {
  const found = grouped([...rows.entries()], ([, row]) => valuesOf(kind, row));
  return new Map(
    [...found].map(([value, own]) => [value, Uint32Array.from(own, ([index]) => index)]),
  );
}

function numbersOf(names: Names, numbers: ReadonlyMap<string, number>): readonly number[] {
  return names.flatMap((name) => numbers.get(name) ?? []);
}

function byTime(a: KnownFinding, b: KnownFinding): number {
  return a.firstDenialAt - b.firstDenialAt || (a.id < b.id ? -1 : 1);
}

function traitsOf(
  requests: readonly RefusedRequest[],
  { addresses, strange }: Pick<Scene, "addresses" | "strange">,
): Traits {
  // Origins that the account itself is known to use are shared with its colleagues.
  const foreign = requests.filter(({ address }) => address === null || strange.includes(address));
  const known = (values: readonly (string | null)[]) =>
    new Set(values.filter((value) => value !== null));
  return {
    address: new Set(addresses),
    "as-number": known(foreign.map(({ asNumber }) => asNumber)),
    "user-agent": known(foreign.map(({ userAgent }) => userAgent)),
  };
}

function isEnough(sharesAddress: boolean, failures: number): boolean {
  return sharesAddress || failures >= leastFailures;
}

function perKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return {
    address: make("address"),
    "as-number": make("as-number"),
    "user-agent": make("user-agent"),
  };
}
