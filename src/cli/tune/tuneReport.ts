import { formatTime } from "../../detection/signin/time.ts";
import type { IncidentLabels } from "../../run/incidentLabels.ts";
import type { TunedCell, TuneReport } from "../../run/tuneRecords.ts";
import { rounded, toCurrent, toTunedSetting, windowText } from "../../run/tunedSettings.ts";
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
    exceptions: proposeExceptions(labels.labels, report.labelled),
    cells: cells.map(toCell),
  };
}
