import type { ContextQuestion, Followed, UserReport } from "./context.ts";
import { addressesIn } from "./origins.ts";
import type { History } from "./history.ts";
import { networkOf } from "./network.ts";
import { readOperation } from "./operations.ts";
import { riskTable } from "./readEvent.ts";
import { isSame, type EventRow } from "./rows.ts";
import type { Scene } from "./scene.ts";

const minute = 60_000;
const day = 86_400_000;

/** How long after the first denial events are included, in milliseconds. */
export const followedMs = day;

/** The audit log's clock may be a little ahead of the sign-in log's. */
const clockSlackMs = 5 * minute;

/** The number of events in a context. Signs of a takeover take precedence. */
const mostEvents = 50;

/** Kinds of events by which an attacker gains persistence. */
const takeoverKinds: ReadonlySet<string> = new Set([
  "security-info",
  "password",
  "role",
  "consent",
  "inbox-rule",
]);

/** Returns the events of one account around its burst, each once, oldest first. */
function eventsOf(
  events: readonly EventRow[],
  { names, firstDenialAt }: Scene,
): readonly EventRow[] {
  const own = events.filter(
    ({ at, byNames, onNames }) =>
      at >= firstDenialAt - clockSlackMs &&
      at <= firstDenialAt + followedMs &&
      (isSame(byNames, names) || isSame(onNames, names)),
  );
  const distinct = new Map(own.map((event) => [keyOf(event), event]));
  return [...distinct.values()].toSorted((a, b) => a.at - b.at || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** One event can appear in several tables, and several times in one of them. */
function keyOf({ at, operation, byNames, onNames }: EventRow): string {
  return JSON.stringify([Math.floor(at / 1000), operation, byNames, onNames]);
}

/** Returns reports of fraud or suspicious activity, oldest first. */
export function reportsOf(events: readonly EventRow[], scene: Scene): readonly UserReport[] {
  return eventsOf(events, scene)
    .filter(({ operation }) => readOperation(operation).kind === "report")
    .map(({ at, operation, by }) => ({ at, what: operation, by }));
}

/** Returns what happened from the first denial on, oldest first. */
export function followedOf(
  question: ContextQuestion,
  events: readonly EventRow[],
  scene: Scene,
  history: History,
): readonly Followed[] {
  const { names, firstDenialAt } = scene;
  const strange = new Set(addressesIn(question).map(networkOf));
  const all = eventsOf(events, scene).flatMap((event): readonly Followed[] => {
    const { kind } = readKind(event);
    if (kind === "report" || event.at < firstDenialAt) {
      return [];
    }
    const own = isSame(event.byNames, names);
    return [
      {
        at: event.at,
        kind,
        what: event.operation,
        detail: event.failed
          ? `failed${event.detail === null ? "" : `: ${event.detail}`}`
          : event.detail,
        by: event.by,
        own,
        address: event.address,
        meaning: meaningOf(event, own, question.triggeredAt, strange, history),
      },
    ];
  });
  const telling = all.filter(({ meaning }) => meaning !== "neutral");
  const others = all.filter(({ meaning }) => meaning === "neutral");
  const kept = new Set([...telling, ...others].slice(0, mostEvents));
  return all.filter((event) => kept.has(event));
}

function readKind({ table, operation }: EventRow): { readonly kind: Followed["kind"] | "report" } {
  return table === riskTable ? { kind: "risk" } : readOperation(operation);
}

function meaningOf(
  event: EventRow,
  own: boolean,
  triggeredAt: number,
  strange: ReadonlySet<string>,
  history: History,
): Followed["meaning"] {
  const { kind } = readKind(event);
  if (event.failed || event.at < triggeredAt || !takeoverKinds.has(kind)) {
    return "neutral";
  }
  if (!own) {
    return readOperation(event.operation).byOthers;
  }
  if (event.address === null) {
    return "neutral";
  }
  const { known } = history.withAddress(event.address);
  if (known === true) {
    return "protective";
  }
  return known === false || strange.has(networkOf(event.address)) ? "takeover" : "neutral";
}
