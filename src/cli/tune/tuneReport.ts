import { formatTime } from "../../detection/signin/time.ts";
import type { IncidentLabels } from "../../run/incidentLabels.ts";
import type { TunedCell, TuneReport } from "../../run/tuneRecords.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";
import { choose } from "./choose.ts";
import { proposeExceptions } from "./exceptions.ts";

/** What `tune --format json` prints. */
export type TuneOutput = ReturnType<typeof toTuneOutput>;

export function toTuneOutput(
  report: TuneReport,
  {
    rule,
    maxPerWeek,
    labels,
  }: {
    readonly rule: string;
    readonly maxPerWeek: number | null;
    readonly labels: IncidentLabels;
  },
) {
  const { coverage, span, cells, current, hidden, attackLabels, benignLabels } = report;
  const labelled = attackLabels + benignLabels > 0;
  const choice = maxPerWeek === null ? null : choose(cells, maxPerWeek);
  const toCell = (cell: TunedCell) => toTunedSetting(cell, labelled ? attackLabels : null);
  return {
    schemaVersion: 1,
    rule,
    coverage: toCoverageReport(coverage),
    span: span === null ? null : { from: formatTime(span.from), to: formatTime(span.to) },
    denials: report.denials,
    users: report.users,
    labels: labelled ? { attacks: attackLabels, benign: benignLabels } : null,
    current: toCurrent(current, labelled ? attackLabels : null),
    maxPerWeek,
    chosen:
      choice === null
        ? null
        : {
            ...toCell(choice.cell),
            givesUp: choice.givesUp.map(({ cell, ...less }) => ({
              kind: cell.kind,
              window: windowText(cell.windowMs),
              threshold: cell.threshold,
              perWeek: rounded(cell.perWeek),
              worstWeek: cell.worstWeek,
              ...less,
            })),
          },
    hiddenByExclusions: hidden.map(({ harmful, ...each }) => ({
      ...each,
      harmful: harmful.map(({ triggeredAt, ...finding }) => ({
        ...finding,
        triggeredAt: formatTime(triggeredAt),
      })),
    })),
    exceptions: proposeExceptions(labels.labels),
    cells: cells.map(toCell),
  };
}

/** @param attackLabels null without labels */
function toCurrent(current: TuneReport["current"], attackLabels: number | null) {
  const { findings, users, perWeek, worstWeek } = current;
  return {
    findings,
    users,
    perWeek: rounded(perWeek),
    worstWeek,
    ...(attackLabels === null ? {} : scored(current, attackLabels)),
  };
}

/** Of the findings with a label, those of attacks; and of the labelled attacks, those that are found. */
function scored(
  found: Pick<TunedCell, "attacks" | "benign" | "attacksFound">,
  attackLabels: number,
): { readonly precision: number | null; readonly recall: number | null } {
  return {
    precision: share(found.attacks, found.attacks + found.benign),
    recall: share(found.attacksFound, attackLabels),
  };
}

/** @param attackLabels null without labels */
function toTunedSetting(cell: TunedCell, attackLabels: number | null) {
  const { kind, windowMs, threshold, findings, perWeek, triggerMs } = cell;
  return {
    kind,
    window: windowText(windowMs),
    threshold,
    findings,
    perWeek: rounded(perWeek),
    worstWeek: cell.worstWeek,
    users: cell.users,
    approved: cell.approved,
    reported: cell.reported,
    takenOver: cell.takenOver,
    harmful: cell.harmful,
    harmfulShare: share(cell.harmful, findings),
    usualOrigin: cell.usualOrigin,
    usualOriginShare: share(cell.usualOrigin, findings),
    secondsToTrigger: triggerMs === null ? null : rounded(triggerMs / 1000),
    ...(attackLabels === null ? {} : scored(cell, attackLabels)),
  };
}

/** As --window takes it: 5m, 4h. */
function windowText(windowMs: number): string {
  const minutes = windowMs / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** @returns null of nothing */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
