import { remember } from "../../../detection/signin/remember.ts";

/** What the custom tables of Log Analytics and the portal's CSV add to a name for its type. */
const typeSuffix = /_(?:s|d|b|t|g|string|dynamic|real|long|bool|guid|datetime)$/;
/** What stands behind the name of a time: `Date (UTC)`, `TimeGenerated [UTC]`. */
const zone = /[[(](?:utc|gmt|local time)[\])]$/i;
const separators = /[\s_.[\]-]/g;
const accents = /\p{M}/gu;

/** A log has few names, and many rows with each. A very long one is no name that is known. */
const mostNames = 5_000;
const longestName = 200;

/** A name without what spellings differ in: case, accents, blanks, `_`, `.` and `-`. `_id` stays another than `id`. */
export const plainName = remember(readAnew, mostNames, (name) => name.length <= longestName);

function readAnew(name: string): string {
  if (name.length > longestName) {
    return name;
  }
  const text = name.trim();
  const plain = text
    .normalize("NFD")
    .replace(accents, "")
    .replace(zone, "")
    .replace(typeSuffix, "")
    .replace(separators, "")
    .toLowerCase();
  return text.startsWith("_") ? `_${plain}` : plain;
}
