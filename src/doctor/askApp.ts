import { isFields } from "../detection/signin/fields.ts";
import type { Level, Line } from "./line.ts";

const levels: readonly string[] = ["ok", "warning", "fault", "skipped"] satisfies readonly Level[];

export interface AppAddress {
  /** `https://APP.azurewebsites.net`. */
  readonly url: string;
  /** A function key or host key; null where none was given. */
  readonly key: string | null;
}

/**
 * Asks the deployed app for its own lines (`GET /api/doctor`): what its identity can do, from where it runs.
 *
 * @throws Error with what the app answered instead
 */
export async function askApp(
  { url, key }: AppAddress,
  signal: AbortSignal,
): Promise<readonly Line[]> {
  const response = await fetch(new URL("/api/doctor", url), {
    headers: key === null ? {} : { "x-functions-key": key },
    signal,
  });
  if (response.status === 401) {
    throw new Error(
      "the app wants a key: set MFA_DENY_APP_KEY to a host key " +
        "(az functionapp keys list --name APP --resource-group GROUP --query functionKeys)",
    );
  }
  const body: unknown = await response.json().catch(() => null);
  const lines = isFields(body) ? body["lines"] : undefined;
  if (!Array.isArray(lines) || !lines.every(isLine)) {
    throw new Error(`the app answered ${response.status} without the lines of the doctor`);
  }
  return lines;
}

function isLine(value: unknown): value is Line {
  return (
    isFields(value) &&
    typeof value["check"] === "string" &&
    typeof value["says"] === "string" &&
    levels.includes(String(value["level"]))
  );
}
