import type { Campaign, CampaignTrait } from "./context.ts";
import {
  groupByAccount,
  rowsByAccount,
  type FailedAccount,
  type FailedRow,
} from "./failedAccounts.ts";
import { MarkedNames } from "./markedNames.ts";
import { distinct } from "./origins.ts";
import { indexBy, TimeIndex } from "./rowIndex.ts";
import {
  isSame,
  spanOf,
  type FailedSignIns,
  type KnownFinding,
  type RefusedRequest,
} from "./rows.ts";
import type { Scene } from "./scene.ts";

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

/** The names of an account that shares something with the burst, by number. The last one is shown. */
type Share = readonly number[];

interface Shared {
  readonly shares: readonly Share[];
  readonly traits: Traits;
}

/** Both ends are inclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface NumberedFinding {
  readonly finding: KnownFinding;
  readonly names: readonly number[];
}

/**
 * Finds other accounts whose prompts were refused, or failed without a reason, from the same origin within 24 hours.
 * Create it once for all findings. In a flood each of them is near thousands of others, so rows are found by what they
 * share, and names are compared by number.
 */
export class CampaignFinder {
  readonly #names: MarkedNames;
  readonly #rowsWith: Readonly<Record<Kind, (value: string) => TimeIndex<FailedRow> | undefined>>;
  readonly #unlike: TimeIndex<FailedSignIns>;
  readonly #findings: TimeIndex<NumberedFinding>;
  /** The number of the current question. */
  #question = 0;

  constructor(failed: readonly FailedSignIns[], findings: readonly KnownFinding[]) {
    const rows = failed.filter(({ kind }) => kind !== "wrongPassword");
    const names = new MarkedNames([...rows, ...findings].flatMap((each) => each.names));
    const { alike, unlike } = rowsByAccount(rows, names.numbersOf);
    this.#names = names;
    this.#rowsWith = perKind((kind) =>
      indexBy(
        alike,
        ({ row }) => valuesOf(kind, row),
        ({ row }) => spanOf(row),
      ),
    );
    this.#unlike = new TimeIndex(unlike, spanOf);
    this.#findings = new TimeIndex(
      findings
        .toSorted(byTime)
        .map((finding) => ({ finding, names: names.numbersOf(finding.names) })),
      ({ finding }) => [finding.firstDenialAt, finding.lastDenialAt],
    );
  }

  find(requests: readonly RefusedRequest[], scene: Scene): Campaign | null {
    this.#question++;
    const own = this.#names.numbersOf(scene.names);
    own.forEach((name) => this.#names.mark(name, this.#question));
    const span = { from: scene.firstDenialAt - day, to: scene.lastDenialAt + day };
    const traits = traitsOf(requests, scene);
    const alike = this.#sharedAlike(traits, span);
    const unlike = this.#sharedUnlike(traits, span, scene);
    const shares = [...alike.shares, ...unlike.shares];
    if (shares.length === 0) {
      return null;
    }
    const { users, members } = this.#membersOf(shares);
    return {
      id: this.#idOf(shares, span),
      users,
      members,
      shared: kinds.flatMap((kind) =>
        distinct([...alike.traits[kind], ...unlike.traits[kind]]).map((value) => ({ kind, value })),
      ),
    };
  }

  /** Notes on each account what it shares, and returns those that share enough. */
  #sharedAlike(traits: Traits, { from, to }: Span): Shared {
    const touched: FailedAccount[] = [];
    for (const kind of kinds) {
      for (const value of traits[kind]) {
        this.#rowsWith[kind](value)?.find(from, to, (row) => {
          this.#note(row, kind, touched);
          return false;
        });
      }
    }
    const isShare = ({ account }: FailedRow) => sharesEnough(account);
    const sharedOf = (kind: Kind) =>
      new Set(
        [...traits[kind]].filter(
          (value) => this.#rowsWith[kind](value)?.find(from, to, isShare) !== undefined,
        ),
      );
    return {
      shares: touched.filter(sharesEnough).map(({ names }) => names),
      traits: perKind(sharedOf),
    };
  }

  #note(row: FailedRow, kind: Kind, touched: FailedAccount[]): void {
    const { account } = row;
    if (account.question !== this.#question) {
      account.question = this.#question;
      account.isOwn = this.#names.isAnyMarked(account.names, this.#question);
      account.sharesAddress = false;
      account.failures = 0;
      touched.push(account);
    }
    if (row.question !== this.#question) {
      row.question = this.#question;
      account.failures += row.row.signIns;
    }
    account.sharesAddress ||= kind === "address";
  }

  #sharedUnlike(traits: Traits, { from, to }: Span, { names }: Scene): Shared {
    const others = this.#unlike.within(from, to).filter((row) => !isSame(row.names, names));
    const shares: Share[] = [];
    const shared = perKind(() => new Set<string>());
    for (const rows of groupByAccount(others)) {
      const inCommon = (kind: Kind, row: FailedSignIns) =>
        valuesOf(kind, row).filter((value) => traits[kind].has(value));
      const found = rows.filter((row) => kinds.some((kind) => inCommon(kind, row).length > 0));
      const account = {
        isOwn: false,
        sharesAddress: found.some((row) => inCommon("address", row).length > 0),
        failures: found.reduce((sum, { signIns }) => sum + signIns, 0),
      };
      if (sharesEnough(account)) {
        shares.push(this.#names.numbersOf(rows.flatMap((row) => row.names)));
        for (const kind of kinds) {
          found.flatMap((row) => inCommon(kind, row)).forEach((value) => shared[kind].add(value));
        }
      }
    }
    return { shares, traits: shared };
  }

  /** Counts the accounts by the name that is shown, and names the first of them. */
  #membersOf(shares: readonly Share[]): Pick<Campaign, "users" | "members"> {
    let users = 0;
    const first: number[] = [];
    for (const share of shares) {
      const shown = share.at(-1) ?? 0;
      if (!this.#names.mark(shown, this.#question)) {
        continue;
      }
      users++;
      if (first.length < namedMembers || shown < (first.at(-1) ?? 0)) {
        first.splice(first.findLastIndex((each) => each < shown) + 1, 0, shown);
        first.length = Math.min(first.length, namedMembers);
      }
    }
    return { users, members: first.map((number) => this.#names.nameOf(number)) };
  }

  /** Returns the id of the earliest finding of the account or one of the others. */
  #idOf(shares: readonly Share[], { from, to }: Span): string | null {
    for (const share of shares) {
      share.forEach((name) => this.#names.mark(name, this.#question));
    }
    const earliest = this.#findings.find(from, to, ({ names }) =>
      this.#names.isAnyMarked(names, this.#question),
    );
    return earliest === undefined ? null : (earliest.finding.campaign ?? earliest.finding.id);
  }
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

function sharesEnough({
  isOwn,
  sharesAddress,
  failures,
}: Pick<FailedAccount, "isOwn" | "sharesAddress" | "failures">): boolean {
  return !isOwn && (sharesAddress || failures >= leastFailures);
}

function perKind<T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> {
  return {
    address: make("address"),
    "as-number": make("as-number"),
    "user-agent": make("user-agent"),
  };
}
