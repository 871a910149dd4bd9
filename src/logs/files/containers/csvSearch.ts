import type { ColumnName } from "./csvHeader.ts";
import { isEnvelopeName } from "../envelopes/peel.ts";
import { isExactRecord } from "../records/exactRecord.ts";
import { mostColumns, type ColumnRole, type TableShape } from "./tableShape.ts";

/** What a search notes of a row: who, from where and when. Keys as in `ColumnName`. */
const roles: ReadonlyMap<string, ColumnRole> = new Map([
  ["userprincipalname", "name"],
  ["userid", "name"],
  ["ipaddress", "address"],
  ["calleripaddress", "address"],
  ["createddatetime", "createdAt"],
  ["timegenerated", "otherTime"],
  ["time", "otherTime"],
] as const);

/**
 * Returns what a search needs to know of columns, or null if rows have to be read one by one: because columns have
 * other names than those that detection reads, or one name twice, or can hold whole records.
 */
export function searchableShape(
  names: readonly ColumnName[],
  delimiter: string,
): TableShape | null {
  const isPlain =
    /^[\t -~]$/.test(delimiter) &&
    names.length > 1 &&
    names.length <= mostColumns &&
    new Set(names.map(({ key }) => key)).size === names.length &&
    !names.some(({ name }) => isEnvelopeName(name)) &&
    isExactRecord(Object.fromEntries(names.map(({ name }) => [name, ""])));
  return isPlain
    ? {
        delimiter,
        columns: names.length,
        roles: names.flatMap(({ key }, column) => {
          const role = roles.get(key);
          return role === undefined ? [] : [{ column, role }];
        }),
      }
    : null;
}
