/** File names taken from a folder or a zip file. A file given by name is read whatever its name. */
const logName =
  /\.(?:(?:json|ndjson|jsonl|log|txt|csv|tsv|avro|parquet|tar)(?:\.\d{1,4})?|tgz|gz)$/i;
/** Delivery streams write files whose names have no ending. */
const withoutEnding = /(?:^|[/\\])[^./\\]+$/;
/** The file that `mfa-deny generate` writes beside its logs. */
const truthName = /(?:^|[./\\])truth\.json$/i;
const zipName = /\.zip$/i;
/** Names of files that may contain a log but cannot be read. They are reported as passed over, not ignored. */
const unreadableName = /\.(?:xlsx?|ods|7z|rar|zst|xz|bz2|evtx)$/i;

/** The same in words. */
export const logNamePatterns =
  ".json, .ndjson, .jsonl, .log, .txt, .csv, .tsv, .avro, .parquet or .tar, plain or .gz; or no ending";

export function isLogName(name: string): boolean {
  return (logName.test(name) || withoutEnding.test(name)) && !truthName.test(name);
}

export function isZipName(name: string): boolean {
  return zipName.test(name);
}

export function isUnreadableName(name: string): boolean {
  return unreadableName.test(name);
}

/** Reports whether a path within an archive may be a log or an archive. Files that systems add on their own are not. */
export function isLogPath(path: string): boolean {
  const parts = path.split("/");
  const hidden = parts.some((part) => part.startsWith(".") || part === "__MACOSX");
  const name = parts.at(-1) ?? "";
  return !hidden && (isLogName(name) || isZipName(name) || isUnreadableName(name));
}
