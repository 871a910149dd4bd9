/** Events in a tenant while processes die; each scenario has its own days. */
import { approved, row, stamp, time, type Person, type Row } from "../builders.ts";
import { day, hour, minute, personNamed, refusals } from "../run/bench.ts";
import { publish, type PublishedRow } from "../run/fakeLog.ts";

export type Work =
  | { readonly kind: "detect" | "maintenance" }
  /** Asked for over HTTP, and worked off from the queue. */
  | { readonly kind: "backfill"; readonly from: number; readonly to: number };

export interface Step {
  readonly at: number;
  readonly work: Work;
  /** Whether the process of this step is to die, at one of its requests. */
  readonly dies: boolean;
}

export interface Scenario {
  readonly settings: Readonly<Record<string, string>>;
  readonly rows: readonly PublishedRow[];
  /** That there are in the end, those that turned out to be part of another counted too. */
  readonly incidents: number;
  /** Rows are published between the run that dies and the next. */
  readonly goesOn?: boolean;
  /** The runs after a process died are ordinary ones. */
  readonly steps: readonly Step[];
}

const alice = personNamed("alice");
const bob = personNamed("bob");
const carol = personNamed("carol");
const dave = personNamed("dave");
const mallory = personNamed("mallory");

/** Times of day, so many days after the fixed one. */
const onDay = (days: number) => (clock: string) => time(clock) + days * day;

const ordinary = (at: number): Step => ({ at, work: { kind: "detect" }, dies: false });
const dying = (at: number, work: Work = { kind: "detect" }): Step => ({ at, work, dies: true });

const maintenance: Work = { kind: "maintenance" };

/** Two runs by which the claims of a dead one have ended, and nothing new has been published. */
const afterwards = (at: number) => [at + 6 * minute, at + 12 * minute].map(ordinary);

const approval = (at: number, user: Person) =>
  row({ at, user, resultType: "0", steps: [approved(at)] });

/** Rows whose `TimeGenerated` is late as well, as that of most late rows is. */
const stored = (at: number, rows: readonly Row[]): readonly PublishedRow[] =>
  publish(rows.map((each) => ({ ...each, TimeGenerated: stamp(at) })));

const common = {
  INCIDENT_SINKS: "sentinel,logs",
  DETECTION_RULES: "explicit-mfa-deny,azure-ad-multiple-denied-mfa,mfa-deny-then-approve",
  // So that every watch, for approvals and for what follows a burst, ends within a day and a few hours.
  APPROVAL_LATENESS: "PT1H",
} as const;

/**
 * The very first run, with a table to be made.
 *
 *     dave  02:10 .. 02:14
 */
function firstRun(): Scenario {
  const at = onDay(0);
  return {
    settings: common,
    incidents: 1,
    rows: publish(refusals(at("02:10"), 5, dave)),
    steps: [dying(at("03:00")), ...afterwards(at("03:00")), ordinary(at("07:00") + day)],
  };
}

/**
 * A run after an outage so long that it is read in two steps, with a burst for every rule.
 *
 *     alice  04:00 .. 04:04
 *     bob    09:50 .. 09:59, in one bucket
 *     carol  10:10 .. 10:12, approves 10:20
 */
function outage(): Scenario {
  const at = onDay(5);
  return {
    settings: common,
    incidents: 4,
    rows: publish([
      ...refusals(at("04:00"), 5, alice),
      ...refusals(at("09:50"), 12, bob, 45_000),
      ...refusals(at("10:10"), 3, carol),
      approval(at("10:20"), carol),
    ]),
    steps: [
      ordinary(at("03:00")),
      dying(at("11:00")),
      ...afterwards(at("11:00")),
      ordinary(at("16:00") + day),
    ],
  };
}

/**
 * A run in which everything that is known changes.
 *
 *     alice  09:00 ..... 09:04   09:19:30 ..... 09:23:30   late: 09:12, published 09:50
 *     bob    09:02 ..... 09:06   approves 09:20, published 09:55
 *     carol  09:05 ..... 09:09   three more from 09:15, published 09:52
 */
function growth(): Scenario {
  const at = onDay(10);
  return {
    settings: common,
    incidents: 4,
    rows: [
      ...publish(refusals(at("09:00"), 5, alice)),
      ...publish(refusals(at("09:19:30"), 5, alice)),
      ...publish(refusals(at("09:12"), 1, alice), at("09:50")),
      ...publish(refusals(at("09:02"), 5, bob)),
      ...publish([approval(at("09:20"), bob)], at("09:55")),
      ...publish(refusals(at("09:05"), 5, carol)),
      ...publish(refusals(at("09:15"), 3, carol), at("09:52")),
    ],
    steps: [
      ordinary(at("09:30")),
      dying(at("10:00")),
      ...afterwards(at("10:00")),
      ordinary(at("15:00") + day),
    ],
  };
}

/**
 * The next run finds more than the dead one did.
 *
 *     alice  09:40 .. 09:44   three more from 09:50, published 10:03
 *     bob    09:00 .. 09:04   two more from 09:10, published 09:50; approves 09:20, published 10:03
 */
function goingOn(): Scenario {
  const at = onDay(20);
  return {
    settings: common,
    incidents: 2,
    goesOn: true,
    rows: [
      ...publish(refusals(at("09:40"), 5, alice)),
      ...publish(refusals(at("09:50"), 3, alice), at("10:03")),
      ...publish(refusals(at("09:00"), 5, bob)),
      ...publish(refusals(at("09:10"), 2, bob), at("09:50")),
      ...publish([approval(at("09:20"), bob)], at("10:03")),
    ],
    steps: [
      ordinary(at("09:30")),
      dying(at("10:00")),
      ...afterwards(at("10:00")),
      ordinary(at("15:00") + day),
    ],
  };
}

/**
 * Rows from before the first run's look-back, which only the second look finds; the one of the day after goes on.
 *
 *     alice  06:00 .. 06:04
 *     bob    06:30 .. 06:34
 */
function secondLook(): Scenario {
  const at = onDay(30);
  const later = at("03:17") + day;
  return {
    settings: common,
    incidents: 2,
    rows: publish([...refusals(at("06:00"), 5, alice), ...refusals(at("06:30"), 5, bob)]),
    steps: [
      ordinary(at("12:00")),
      dying(later, maintenance),
      ...afterwards(later),
      { at: later + day, work: maintenance, dies: false },
      ordinary(later + day + hour),
    ],
  };
}

/**
 * A daily second look at the end of the retention, and the one of the day after.
 *
 *     mallory  11:00 .. 11:04
 */
function forgetting(): Scenario {
  const at = onDay(40);
  const later = at("03:17") + 8 * day;
  return {
    settings: { ...common, STATE_RETENTION: "P7D" },
    incidents: 1,
    rows: publish(refusals(at("11:00"), 5, mallory)),
    steps: [
      ordinary(at("12:00")),
      dying(later, maintenance),
      ...afterwards(later),
      { at: later + day, work: maintenance, dies: false },
    ],
  };
}

/**
 * Three slices over rows that no run on schedule has seen.
 *
 *     alice 08:30 .. 08:34   bob 09:00 .. 09:04 and two more from 09:10, published 15:00   carol 09:30 .. 09:34, published 20:00
 */
function backfill(): Scenario {
  const at = onDay(60);
  return {
    settings: { ...common, INITIAL_LOOKBACK: "PT0M" },
    incidents: 3,
    rows: [
      ...publish(refusals(at("08:30"), 5, alice)),
      ...publish(refusals(at("09:00"), 5, bob)),
      ...stored(at("15:00"), refusals(at("09:10"), 2, bob)),
      ...stored(at("20:00"), refusals(at("09:30"), 5, carol)),
    ],
    steps: [
      ordinary(at("20:30")),
      dying(at("21:00"), { kind: "backfill", from: at("08:00"), to: at("11:00") }),
      ...afterwards(at("22:00")),
      ordinary(at("23:30") + day),
    ],
  };
}

/** By subject; the largest first. */
export const scenarios = {
  "a run after an outage": outage(),
  "a run in which incidents grow": growth(),
  "a backfill": backfill(),
  "a daily second look": secondLook(),
  "a run before more is published": goingOn(),
  "the very first run": firstRun(),
  "a record at the end of its retention": forgetting(),
} as const satisfies Record<string, Scenario>;
