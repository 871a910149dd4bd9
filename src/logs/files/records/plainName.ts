import { remember } from "../../../detection/signin/remember.ts";

/** Type suffixes in the custom tables of Log Analytics and the portal's CSV. */
const typeSuffix = /_(?:s|d|b|t|g|string|dynamic|real|long|bool|guid|datetime)$/;
/** The zone after the name of a time: `Date (UTC)`, `TimeGenerated [UTC]`. */
const zone = /[[(](?:utc|gmt|local time)[\])]$/i;
const separators = /[\s_.:/>()[\]{}-]/g;
const accents = /\p{M}/gu;

/** The number of names cached. A log has few names, and many rows with each. Very long names are unknown anyway. */
const mostNames = 5_000;
const longestName = 200;

/**
 * Returns a name without the parts in which spellings differ: case, accents, blanks, `_`, `.`, `-` and other
 * separators of joined names. `_id` remains different from `id`.
 */
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
