/** Names taken from a folder or a zip file. A file given by name is read whatever it is called. */
const logName = /\.(?:json|ndjson|jsonl|log|csv)(?:\.gz)?$/i;
/** What `mfa-deny generate` writes beside its logs. */
const truthName = /(?:^|[./\\])truth\.json$/i;
const zipName = /\.zip$/i;

/** The same in words. */
export const logNamePatterns = ".json, .ndjson, .jsonl, .log or .csv, plain or .gz";

export function isLogName(name: string): boolean {
  return logName.test(name) && !truthName.test(name);
}

export function isZipName(name: string): boolean {
  return zipName.test(name);
}
