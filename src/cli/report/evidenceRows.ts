import { isCandidate } from "../../detection/signin/candidate.ts";
import { readSignIn } from "../../detection/signin/signIn.ts";
import type { Reported } from "../../run/detectRecords.ts";
import type { Entry } from "../../logs/files/readRecords.ts";

/** More rows than this do not make a case clearer. */
const mostEvidenceRows = 100_000;

/** Returns the rows whose requests show a denial of a finding, in the order of the logs. */
export async function evidenceRows(
  entries: AsyncIterable<readonly Entry[]>,
  findings: readonly Reported[],
): Promise<readonly object[]> {
  const requests = new Set(
    findings.flatMap(({ finding }) =>
      finding.denials.flatMap(({ sightings }) => sightings.map(({ request }) => request)),
    ),
  );
  const rows: object[] = [];
  for await (const batch of entries) {
    for (const entry of batch) {
      if (entry.kind === "record" && rows.length < mostEvidenceRows) {
        const signIn = readSignIn(entry.record);
        if (requests.has(signIn.request) && isCandidate(signIn)) {
          rows.push(entry.record);
        }
      }
    }
  }
  return rows;
}
