import type { RecordsReport } from "../../run/detectRecords.ts";
import { toDetectReport, toFinding, toNotOpened } from "./detectReport.ts";

/** The number of findings in one piece of text. A whole flood may be longer than a string can be. */
const atOnce = 64;

/** Returns a report as JSON, indented by two, in pieces. */
export function* json(found: RecordsReport): Generator<string> {
  yield `${textOf(headOf(found)).slice(0, -"\n}".length)},\n`;
  yield* member("findings", found.findings, toFinding);
  yield ",\n";
  yield* member("notOpened", found.notOpened, toNotOpened);
  yield "\n}\n";
}

/**
 * Returns one line per finding, then the findings that were not opened, then one line with the run and its coverage.
 * If the last line is missing, the output was cut off.
 */
export function* ndjson(found: RecordsReport): Generator<string> {
  const { schemaVersion, run, coverage } = headOf(found);
  for (const finding of found.findings) {
    yield line({ schemaVersion, finding: toFinding(finding) });
  }
  for (const finding of found.notOpened) {
    yield line({ schemaVersion, notOpened: toNotOpened(finding) });
  }
  yield line({ schemaVersion, run, coverage });
}

function headOf(found: RecordsReport) {
  const {
    findings: _,
    notOpened: __,
    ...head
  } = toDetectReport({
    ...found,
    findings: [],
    notOpened: [],
  });
  return head;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function textOf(value: object): string {
  return JSON.stringify(value, null, 2);
}

/** Writes a list that is a member of the outermost object. */
function* member<T>(
  name: string,
  items: readonly T[],
  shown: (item: T) => object,
): Generator<string> {
  if (items.length === 0) {
    yield `  "${name}": []`;
    return;
  }
  yield `  "${name}": [\n`;
  for (let start = 0; start < items.length; start += atOnce) {
    // Within two lists, the items are indented as within a list that is a member.
    const text = textOf([items.slice(start, start + atOnce).map(shown)]);
    yield (start === 0 ? "" : ",\n") + text.slice("[\n  [\n".length, -"\n  ]\n]".length);
  }
  yield "\n  ]";
}
