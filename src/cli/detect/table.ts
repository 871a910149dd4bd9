import { visible } from "../../detection/signin/visible.ts";
import { fitTable, type Column } from "../text/fitTable.ts";
import type { Look } from "../text/look.ts";
import { listed } from "../text/words.ts";
import { wrap } from "../text/wrap.ts";
import { byHarm, headline } from "../verdict/harm.ts";
import { nextSteps } from "../verdict/nextSteps.ts";
import { coverageLines } from "../verdict/verdictLines.ts";
import type { DetectFinding, DetectReport } from "./detectReport.ts";
import { rowsText } from "./rowsText.ts";

/** Maximum length of a cell's text. */
const longest = 120;

/** From this width on, addresses and places have a column each. */
const roomy = 100;

/** Maximum number of addresses, places or events in a cell. */
const most = 2;

/** Returns text for people: the verdict, the findings, what to do about them, and what became of the rows. */
export function table(
  { run, coverage, findings, notOpened }: DetectReport,
  look: Look,
  operands: readonly string[],
): string {
  const sorted = findings.toSorted(byHarm);
  const verdict =
    sorted.length === 0
      ? ""
      : `${look.paint("alarm", folded(headline(sorted, coverage.verdict), look.width).join("\n"))}\n`;
  const isWhole = coverage.verdict === "complete";
  const seen = coverageLines(coverage, findings.length > 0)
    .trimEnd()
    .split("\n")
    .flatMap((line) => folded(line, look.width))
    .map((line) => (isWhole ? line : look.paint("warning", line)));
  return [
    verdict + block(seen),
    ...(sorted.length === 0 ? [] : [fitTable(columnsFor(sorted, look), sorted, look.width)]),
    ...(notOpened.length === 0 ? [] : [block(notOpened.map((each) => notOpenedLine(each, look)))]),
    ...(sorted.length === 0 ? [] : [block(stepLines(nextSteps(sorted, operands), look.width))]),
    block(rowsText(run, look.verbose).flatMap((line) => folded(line, look.width))),
  ].join("\n");
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Keeps each command on one line, so that it can be copied. */
function stepLines(steps: ReturnType<typeof nextSteps>, width: number): readonly string[] {
  return [
    "What to do next:",
    ...steps.flatMap(({ words, command }, index) => [
      ...folded(`  ${index + 1}. ${words}`, width),
      ...(command === null ? [] : [`     ${command}`]),
    ]),
  ];
}

/** Folds a sentence into lines that are all indented like the text of the first. */
function folded(line: string, width: number): readonly string[] {
  const [indent = ""] = /^ *(?:\d\. )?/.exec(line) ?? [];
  return wrap(line.slice(indent.length), width - indent.length, "sentence").map((each, index) =>
    index === 0 ? indent + each : " ".repeat(indent.length) + each,
  );
}

function notOpenedLine(finding: DetectReport["notOpened"][number], { time }: Look): string {
  const { rule, user, denials, firstDenialAt, lastDenialAt, reason } = finding;
  const when = time.span(Date.parse(firstDenialAt), Date.parse(lastDenialAt));
  return `Not opened (${reason}): ${rule} on ${visible(user, longest)}, ${denials} denials, ${when}.`;
}

/** Leaves out columns that would say the same in every line. */
function columnsFor(
  findings: readonly DetectFinding[],
  look: Look,
): readonly Column<DetectFinding>[] {
  const { time, verbose } = look;
  const zone = time.zone === "" ? "" : ` (${time.zone})`;
  const severities = {
    High: "alarm",
    Medium: "warning",
    Low: "calm",
    Informational: "faint",
  } as const;
  const areNew = findings.every(({ action, reason }) => stateText(action, reason) === "new");
  return [
    {
      head: "severity",
      cell: ({ severity }) => severity,
      paint: (text, { severity }) => look.paint(severities[severity], text),
    },
    { head: "user", mayCut: true, cell: ({ user }) => visible(user, longest) },
    { head: "refused", cell: refusedText },
    {
      head: `from first to last${zone}`,
      cell: ({ firstDenialAt, lastDenialAt }) =>
        time.span(Date.parse(firstDenialAt), Date.parse(lastDenialAt)),
    },
    { head: "signs of success", mayCut: true, cell: (finding) => signsText(finding, look) },
    ...(look.width < roomy
      ? [{ head: "from", mayCut: true, cell: fromText }]
      : [
          { head: "addresses", mayCut: true, cell: addressesText },
          { head: "place", mayCut: true, cell: placesText },
        ]),
    ...(areNew
      ? []
      : [{ head: "incident", leaveOut: 1, cell: stateOf } satisfies Column<DetectFinding>]),
    ...(verbose
      ? [
          { head: "rule", leaveOut: 2, cell: ({ rule }) => rule } satisfies Column<DetectFinding>,
          {
            head: "applications",
            leaveOut: 4,
            mayCut: true,
            cell: ({ applications }) => shortList(applications),
          } satisfies Column<DetectFinding>,
          {
            head: "incident id",
            leaveOut: 3,
            cell: ({ incidentId }) => incidentId,
          } satisfies Column<DetectFinding>,
        ]
      : []),
  ];
}

function stateOf({ action, reason }: DetectFinding): string {
  return stateText(action, reason);
}

function stateText(action: DetectFinding["action"], reason: string): string {
  const words = { open: "new", update: "changed", none: "as before" } as const;
  return reason === "first-seen" || reason === "unchanged"
    ? words[action]
    : `${words[action]} (${reason})`;
}

function refusedText({ denials, atLeast, fraudReports }: DetectFinding): string {
  return `${denials}${atLeast ? "+" : ""}${fraudReports > 0 ? ` (${fraudReports} as fraud)` : ""}`;
}

const matchWords = {
  "same-request": "same request",
  "same-address": "same address",
  other: "another origin",
} as const;

function signsText({ firstDenialAt, approval, context }: DetectFinding, { time }: Look): string {
  const when = (at: string) => time.after(Date.parse(at), Date.parse(firstDenialAt));
  const signs = [
    ...(approval === null ? [] : [`approved ${when(approval.at)} (${matchWords[approval.match]})`]),
    ...(context?.successes ?? []).filter(({ own }) => own).map(({ at }) => `signed in ${when(at)}`),
    ...(context?.followed ?? [])
      .filter(({ meaning }) => meaning === "takeover")
      .map(({ what, at }) => `${visible(what, longest)} ${when(at)}`),
  ];
  return signs.length === 0 ? "none seen" : listed(signs, most);
}

/** Returns the addresses, and which of them are new to the user, if that is known. */
function addressesText({ ipAddresses, context }: DetectFinding): string {
  const known = new Map(context?.origins.addresses.map((each) => [each.address, each.known]));
  const texts = ipAddresses.map((address) => {
    const isKnown = known.get(address) ?? null;
    const word = isKnown === null ? "" : isKnown ? " (known)" : " (new)";
    return visible(address, longest) + word;
  });
  return texts.length === 0 ? "not said" : listed(texts, most);
}

function placesText({ locations }: DetectFinding): string {
  return shortList(locations) || "not said";
}

function fromText(finding: DetectFinding): string {
  const places = shortList(finding.locations);
  return places === "" ? addressesText(finding) : `${addressesText(finding)}; ${places}`;
}

function shortList(texts: readonly string[]): string {
  return listed(
    texts.map((text) => visible(text, longest)),
    most,
    "; ",
  );
}
