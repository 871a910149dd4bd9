import { isCandidate, strongAuthenticationFailed } from "../../detection/signin/candidate.ts";
import { readTexts } from "../../detection/signin/sighting.ts";
import { readSignIn } from "../../detection/signin/signIn.ts";
import { formatTime, readTime } from "../../detection/signin/time.ts";
import type { Check } from "../check.ts";
import { inWords } from "../duration.ts";
import { percentiles } from "../percentiles.ts";
import { fault, ok, warning, type Outcome } from "../line.ts";

const dayMs = 86_400_000;
/** Enough rows for a percentile. It is a sample, so that a large tenant costs no more than a small one. */
const sampleRows = 5_000;

const datetime = (at: number) => `datetime(${formatTime(at)})`;

const connector =
  "Microsoft Entra admin center → Monitoring & health → Diagnostic settings: is SignInLogs still sent to this " +
  "workspace? Microsoft Sentinel → Data connectors → Microsoft Entra ID shows when data last arrived.";

/** Reports the age of the newest row, and how long rows take until they are ingested. */
export const lagCheck: Check = {
  id: "signin-logs-rows",
  scope: "workspace",
  needs: ["signin-logs"],
  cure: connector,
  async run(probe, workspace) {
    const now = probe.now();
    const answer = await probe.query(
      workspace,
      `SigninLogs | where TimeGenerated >= ${datetime(now - 30 * dayMs)} | order by TimeGenerated desc` +
        ` | take ${sampleRows} | project TimeGenerated, CreatedDateTime, Ingested = ingestion_time()`,
    );
    if (answer.kind === "refused") {
      return [fault(`the rows of SigninLogs cannot be read: ${answer.message}`, connector)];
    }
    const newestAt = readTime(answer.rows[0]?.["TimeGenerated"]);
    if (newestAt === null) {
      return [fault("SigninLogs has had no row for 30 days", connector)];
    }
    const ageMs = now - newestAt;
    const newest = `newest row ${inWords(Math.max(0, ageMs))} old`;
    if (ageMs > dayMs) {
      return [fault(`${newest}: the log has fallen silent`, connector)];
    }
    return [lagOutcome(newest, lagsOf(answer.rows), probe.settings.ingestionSafetyMs)];
  },
};

/** Returns the milliseconds from a row's `TimeGenerated` to its ingestion. */
function lagsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly number[] {
  return rows
    .map((row) => (readTime(row["Ingested"]) ?? NaN) - (readTime(row["TimeGenerated"]) ?? NaN))
    .filter((lag) => Number.isFinite(lag));
}

function lagOutcome(newest: string, lags: readonly number[], safetyMs: number): Outcome {
  const usual = percentiles(lags);
  if (usual === null) {
    return ok(`${newest}; ingestion time unknown`);
  }
  return ok(
    `${newest}; stored after ${inWords(usual.p50)} (median) and ${inWords(usual.p95)} (95 %) of ${lags.length} rows; ` +
      `runs stop ${inWords(safetyMs)} behind the present (INGESTION_SAFETY)`,
  );
}

/** Without reasons nothing can be found: 500121 alone covers refusals, time-outs and faults alike. */
export const reasonsCheck: Check = {
  id: "mfa-reasons",
  scope: "workspace",
  needs: ["signin-logs", "signin-logs-rows"],
  cure: connector,
  async run(probe, workspace) {
    const answer = await probe.query(
      workspace,
      `SigninLogs | where TimeGenerated >= ${datetime(probe.now() - dayMs)}` +
        ` | where ResultType == "${strongAuthenticationFailed}" | take ${sampleRows}` +
        " | project ResultType, Status, AuthenticationDetails",
    );
    if (answer.kind === "refused") {
      return [fault(`MFA failures cannot be read: ${answer.message}`, connector)];
    }
    const failures = answer.rows.map(readSignIn).filter(isCandidate);
    const explained = failures.filter((signIn) =>
      readTexts(signIn).some(({ ofPrompt }) => ofPrompt),
    ).length;
    return [reasonsOutcome(failures.length, explained)];
  },
};

const fewestFailures = 20;

function reasonsOutcome(failures: number, explained: number): Outcome {
  if (failures === 0) {
    return ok("no MFA failure in 24 h");
  }
  const share = `${explained} of ${failures} MFA failures in 24 h give a reason`;
  const cure =
    "Compare a row's Status and AuthenticationDetails with docs/exports.md. If Microsoft changed the texts, run " +
    "`mfa-deny doctor --bundle FILE` and open an issue with it.";
  if (explained === 0 && failures >= fewestFailures) {
    return fault(`${share}: no refusal can be recognised`, cure);
  }
  return explained * 2 < failures && failures >= fewestFailures ? warning(share, cure) : ok(share);
}
