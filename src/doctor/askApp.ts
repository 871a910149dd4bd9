import { isFields } from "../detection/signin/fields.ts";
import { ok, warning, type Level, type Line, type Outcome } from "./line.ts";
import { isPilotFinding, type PilotFinding } from "./pilotFindings.ts";

const levels: readonly string[] = ["ok", "warning", "fault", "skipped"] satisfies readonly Level[];

export interface AppAddress {
  /** `https://APP.azurewebsites.net`. */
  readonly url: string;
  /** A function key or host key; null if none was given. */
  readonly key: string | null;
}

/**
 * Asks the deployed app for its own lines (`GET /api/doctor`). They show what its identity can do from where the
 * app runs.
 *
 * @throws Error with the app's answer if it has no lines
 */
export async function askApp(app: AppAddress, signal: AbortSignal): Promise<readonly Line[]> {
  const asked = { path: "/api/doctor", field: "lines", what: "the lines of the doctor" };
  const lines = await askForList(app, asked, isLine, signal);
  return [{ check: "function-key", workspace: null, ...(await keyOutcome(app, signal)) }, ...lines];
}

/** Says whether the app answers those who have no key. */
async function keyOutcome({ url }: AppAddress, signal: AbortSignal): Promise<Outcome> {
  // The address of no backfill, so that the question costs nothing.
  const path = "/api/backfill/00000000-0000-0000-0000-000000000000";
  const { status } = await fetch(new URL(path, url), { signal });
  return status === 401
    ? ok("functions ask for a key, and take this one")
    : warning(
        `functions answer without a key (${status}): whoever reaches the app may start backfills`,
        "On your own machine that is so. In Azure deploy the app again: its functions ask for a key (authLevel function).",
      );
}

/**
 * Asks the deployed app what its dry runs would have opened.
 *
 * @throws Error with the app's answer if it has no findings
 */
export function askAppForFindings(
  app: AppAddress,
  signal: AbortSignal,
): Promise<readonly PilotFinding[]> {
  const asked = { path: "/api/doctor?findings=true", field: "findings", what: "findings" };
  return askForList(app, asked, isPilotFinding, signal);
}

async function askForList<T>(
  { url, key }: AppAddress,
  { path, field, what }: { readonly path: string; readonly field: string; readonly what: string },
  isOne: (value: unknown) => value is T,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const response = await fetch(new URL(path, url), {
    headers: key === null ? {} : { "x-functions-key": key },
    signal,
  });
  if (response.status === 401) {
    throw new Error(
      "the app requires a key: set MFA_DENY_APP_KEY to a host key " +
        "(az functionapp keys list --name APP --resource-group GROUP --query functionKeys)",
    );
  }
  const body: unknown = await response.json().catch(() => null);
  const list = isFields(body) ? body[field] : undefined;
  if (!Array.isArray(list) || !list.every(isOne)) {
    throw new Error(`the app answered ${response.status} without ${what}`);
  }
  return list;
}

function isLine(value: unknown): value is Line {
  return (
    isFields(value) &&
    typeof value["check"] === "string" &&
    typeof value["says"] === "string" &&
    levels.includes(String(value["level"]))
  );
}
