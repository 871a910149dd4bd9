import type { RecordIndex } from "../../run/ports.ts";
import { aliasesOf } from "../memoryStore.ts";
import { mayBeAlias, unknownAlias } from "./aliasRows.ts";
import { rowKeys, rowRanges } from "./stateKeys.ts";
import type { TableRows } from "./tableRows.ts";

/**
 * Reads the keys of all heads and names, a thousand with each request.
 *
 * @returns null if that takes more than `most` requests
 */
export async function readRecordIndex(rows: TableRows, most: number): Promise<RecordIndex | null> {
  const keys = await rows.keys(rowRanges.known.from, rowRanges.known.to, most);
  return keys === null
    ? null
    : {
        emptyHead(subject) {
          const aliases = [
            ...(mayBeAlias(subject) ? [subject] : []),
            ...aliasesOf(subject, subject),
          ];
          const isKnown =
            keys.has(rowKeys.head(subject)) ||
            aliases.some((each) => keys.has(rowKeys.alias(each)));
          return isKnown
            ? null
            : {
                subject,
                bursts: [],
                deliveries: {},
                version: null,
                aliasRows: aliases.map(unknownAlias),
              };
        },
        mayHaveOwner: (alias) => keys.has(rowKeys.alias(alias)),
      };
}
