/** File names taken from a folder or a zip file. A file given by name is read whatever its name. */
const logName = /\.(?:(?:json|ndjson|jsonl|log|csv|tsv|avro|parquet|tar)(?:\.gz)?|tgz)$/i;
/** The file that `mfa-deny generate` writes beside its logs. */
const truthName = /(?:^|[./\\])truth\.json$/i;
const zipName = /\.zip$/i;

/** The same in words. */
export const logNamePatterns =
  ".json, .ndjson, .jsonl, .log, .csv, .tsv, .avro, .parquet or .tar, plain or .gz";

export function isLogName(name: string): boolean {
  return logName.test(name) && !truthName.test(name);
}

export function isZipName(name: string): boolean {
  return zipName.test(name);
}

/** The same for a path within an archive, without files that systems add on their own. */
export function isLogPath(name: string): boolean {
  const parts = name.split("/");
  const hidden = parts.some((part) => part.startsWith(".") || part === "__MACOSX");
  return !hidden && isLogName(parts.at(-1) ?? "");
}
