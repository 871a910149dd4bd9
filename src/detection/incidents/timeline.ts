import type { Context, Followed } from "../context/context.ts";
import type { Finding } from "../decisions/finding.ts";
import type { Prompt } from "../prompts/prompt.ts";
import type { Approval, ApprovalDetails } from "../signin/sighting.ts";
import type { Origin } from "../signin/signIn.ts";
import { areRefusals, outcomeWords } from "./outcomeWords.ts";
import { counted, dayAndTime, nameText, shown } from "./wording.ts";
import { byteLength, sizeOf } from "./size.ts";

const head = [
  "| time (UTC) | what | address | place | application | by |",
  "|---|---|---|---|---|---|",
];

type Told = Pick<Finding, "denials" | "approvals" | "context">;

/** One line of the timeline. */
interface Event {
  readonly at: number;
  /** Lines with lower numbers are kept first. */
  readonly rank: number;
  readonly isDenial: boolean;
  readonly cells: readonly (string | null)[];
}

/**
 * Returns what happened before, during and after the denials, as a Markdown table of at most `most` bytes, oldest
 * first. If it does not fit, the least important lines are left out and counted below the table.
 */
export function timeline(finding: Told, most: number): readonly string[] {
  const events = eventsOf(finding);
  const byRank = events.toSorted((a, b) => a.rank - b.rank || a.at - b.at);
  const lines = byRank.map(lineOf);
  const isPlain = areRefusals(finding.denials);
  const room = most - sizeOf(head) + 1;
  const fitting =
    sizeOf(lines) <= room
      ? lines.length
      : countFitting(lines, room - byteLength(leftOut(events, isPlain)) - 1);
  const kept = byRank.slice(0, fitting);
  const rest = byRank.slice(fitting);
  return [
    ...head,
    ...kept.toSorted((a, b) => a.at - b.at || a.rank - b.rank).map(lineOf),
    ...(rest.length === 0 ? [] : [leftOut(rest, isPlain)]),
  ];
}

/** Returns the number of leading lines that fit. */
function countFitting(lines: readonly string[], room: number): number {
  let left = room;
  return lines.findIndex((line) => (left -= byteLength(line) + 1) < 0);
}

function leftOut(events: readonly Event[], isPlain: boolean): string {
  const denials = events.filter(({ isDenial }) => isDenial).length;
  const others = events.length - denials;
  const parts = [
    ...(denials > 0 ? [counted(denials, isPlain ? "refusal" : "prompt")] : []),
    ...(others > 0 ? [counted(others, "other event")] : []),
  ];
  return `… and ${parts.join(" and ")} more, cut for length.`;
}

function lineOf({ at, cells }: Event): string {
  return `| ${[dayAndTime(at), ...cells.map((each) => each ?? "-")].join(" | ")} |`;
}

function eventsOf({ denials, approvals, context }: Told): readonly Event[] {
  return [
    ...denials.map((denial, index) =>
      denialEvent(denial, index === 0 || index === denials.length - 1),
    ),
    ...approvals.map(approvalEvent),
    ...(context === null ? [] : contextEvents(context)),
  ];
}

function denialEvent(denial: Prompt, isEdge: boolean): Event {
  const { ipAddress, location, application, device, userAgent } = witness(denial);
  const what = outcomeWords[denial.outcome];
  const by = device ?? userAgent;
  return {
    at: denial.at,
    rank: isEdge ? 1 : denial.outcome === "fraudReported" ? 2 : 4,
    isDenial: true,
    cells: [what, ...[ipAddress, location, application, by].map(cell)],
  };
}

const noDetails: ApprovalDetails = {
  location: null,
  application: null,
  method: null,
  session: null,
};

function approvalEvent({ at, ipAddress, details = noDetails }: Approval): Event {
  const { location, application, method, session } = details;
  const by = [method, session === null ? null : `session ${session}`].filter(
    (part) => part !== null && part !== "",
  );
  return {
    at,
    rank: 0,
    isDenial: false,
    cells: [
      "**APPROVED**",
      ...[ipAddress, location, application, by.length === 0 ? null : by.join(", ")].map(cell),
    ],
  };
}

function contextEvents(context: Context): readonly Event[] {
  const { spray, successes, reports, followed } = context;
  const plain = { isDenial: false, rank: 2 };
  return [
    ...(spray === null
      ? []
      : [
          {
            ...plain,
            at: spray.from,
            cells: [
              `${counted(spray.attempts, "wrong password")} of ${counted(spray.accounts, "other account")}`,
              cell(spray.addresses[0] ?? null),
              null,
              null,
              null,
            ],
          },
        ]),
    ...successes.map((each) => ({
      ...plain,
      at: each.at,
      cells: [
        each.own ? "**signed in**" : `**${nameText(each.user)} signed in**`,
        ...[each.ipAddress, each.location, each.application, each.method].map(cell),
      ],
    })),
    ...reports.map(({ at, what, by }) => ({
      ...plain,
      rank: 1,
      at,
      cells: [`**${shown(what)}**`, null, null, null, by === null ? null : nameText(by)],
    })),
    ...followed.map(followedEvent),
  ];
}

const meanings = {
  takeover: { rank: 0, mark: " (sign of a takeover)" },
  protective: { rank: 3, mark: " (protective)" },
  neutral: { rank: 5, mark: "" },
} as const satisfies Record<Followed["meaning"], { readonly rank: number; readonly mark: string }>;

function followedEvent({ at, what, detail, by, own, address, meaning }: Followed): Event {
  const { rank, mark } = meanings[meaning];
  const done = detail === null ? shown(what) : `${shown(what)}: ${shown(detail)}`;
  return {
    at,
    rank,
    isDenial: false,
    cells: [
      `${done}${mark}`,
      cell(address),
      null,
      null,
      own ? "the user" : by === null ? null : nameText(by),
    ],
  };
}

function cell(value: string | null): string | null {
  return value === null ? null : shown(value);
}

/** Returns the origin that represents a prompt. It does not depend on the order of its sightings. */
function witness({ sightings }: Prompt): Origin {
  return sightings.map(({ origin }) => origin).reduce(smaller);
}

function smaller(a: Origin, b: Origin): Origin {
  // Stryker disable next-line EqualityOperator: equal origins are interchangeable.
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}
