/** Names taken from a folder or a zip file. A file given by name is read whatever it is called. */
const LOG_NAME = /\.(?:json|ndjson|jsonl|log|csv)(?:\.gz)?$/i;
/** What `mfa-deny generate` writes beside its logs. */
const TRUTH_NAME = /(?:^|[./\\])truth\.json$/i;
const ZIP_NAME = /\.zip$/i;

/** The same in words. */
export const LOG_NAMES = ".json, .ndjson, .jsonl, .log or .csv, plain or .gz";

export function isLogName(name: string): boolean {
  return LOG_NAME.test(name) && !TRUTH_NAME.test(name);
}

export function isZipName(name: string): boolean {
  return ZIP_NAME.test(name);
}
