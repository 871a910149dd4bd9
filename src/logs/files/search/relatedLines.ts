import { canonicalAddress } from "../../../detection/signin/address.ts";
import type { RelatedTo } from "../../../run/signInFiles.ts";
import { Names, placesIn, type NotedFile } from "./lineNotes.ts";
import { nameHash } from "./lineSearch.ts";
import { minuteIn, noteBits, version6 } from "./notes.ts";
import { readLines } from "./readLines.ts";

/** The lines of a searched file that can matter for the context of findings. */
export interface RelatedLines {
  /**
   * Offsets of the lines that are the accounts' own, wrong passwords from the addresses, or possible denials of
   * anybody, in file order.
   */
  readonly places: Iterable<number>;
  /**
   * Returns the other lines from the addresses, minute by minute, as long as successes are wanted. Call it when all
   * places are known. A line is valid until the next one is asked for.
   *
   * @throws InputError if the file can no longer be read
   */
  readonly successes: () => Iterable<Buffer>;
}

export function relatedLines(path: string, file: NotedFile, wanted: RelatedTo): RelatedLines {
  const { parts, table } = file;
  const names = new Names(wanted.names);
  const addresses = [...wanted.addresses];
  const byHash = new Map<number, readonly string[]>();
  for (const address of addresses) {
    const hash = nameHash(address);
    byHash.set(hash, [...(byHash.get(hash) ?? []), address]);
  }
  const ofVersion6 = addresses.filter((address) => address.includes(":"));
  const anyOf = (address: number) => (address === version6 ? ofVersion6 : addresses);
  const others = new Map<number, Minute>();
  const places = placesIn(parts, (bits, pair, address, place) => {
    if ((bits & noteBits.wanted) !== 0) {
      return true;
    }
    const isOwn = names.mayBeIn(bits, pair);
    const from = (bits & noteBits.anyAddress) === 0 ? byHash.get(address) : anyOf(address);
    const isFrom = from !== undefined && from.length > 0;
    if ((!isOwn && !isFrom) || !isWithin(bits, wanted)) {
      return false;
    }
    if (isOwn || (bits & noteBits.wrongPassword) !== 0) {
      return true;
    }
    const minute = others.get(bits) ?? { places: [], from: [] };
    minute.places.push(place);
    minute.from.push(from ?? []);
    others.set(bits, minute);
    return false;
  });
  return {
    places,
    successes: () =>
      successLines(others, wanted, table !== null, (found) => readLines(file, path, found)),
  };
}

/** The lines of a minute, and for each the addresses that it may be from. */
interface Minute {
  readonly places: number[];
  readonly from: (readonly string[])[];
}

/** @param minutes by the last number of their notes, which tells the minute */
function* successLines(
  minutes: ReadonlyMap<number, Minute>,
  { addresses, wantsSuccess }: RelatedTo,
  isTable: boolean,
  read: (places: Iterable<number>) => Iterable<Buffer>,
): Generator<Buffer> {
  const known = new Set(addresses);
  /** Of the line that is read. */
  const line: { isSure: boolean; isWanted: (address: string) => boolean } = {
    isSure: true,
    isWanted: () => true,
  };
  const order = (bits: number) => ((bits & noteBits.anyTime) === 0 ? bits : 0);
  function* places() {
    for (const [bits, { places: held, from }] of [...minutes].toSorted(
      ([a], [b]) => order(a) - order(b),
    )) {
      const time = minuteIn(bits) ?? { from: -Infinity, to: Infinity };
      line.isWanted = (address) => known.has(address) && wantsSuccess(address, time.from, time.to);
      // Only the addresses of JSON are looked for.
      line.isSure = isTable || (bits & noteBits.anyAddress) === 0;
      for (const [at, place] of held.entries()) {
        if (from[at]?.some(line.isWanted) === true) {
          yield place;
        }
      }
    }
  }
  for (const bytes of read(places())) {
    if (line.isSure || (addressesIn(bytes)?.some(line.isWanted) ?? true)) {
      yield bytes;
    }
  }
}

function isWithin(bits: number, { from, to }: RelatedTo): boolean {
  const minute = minuteIn(bits);
  return minute === null || (minute.to > from && minute.from <= to);
}

/** Returns the addresses that a line may have, in canonical spelling; null if they cannot be told. */
function addressesIn(line: Buffer): readonly string[] | null {
  const found: string[] = [];
  let keys = 0;
  for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + 1)) {
    const match = member.exec(line.toString("latin1", at, at + longestMember));
    const [, value, end] = match ?? [];
    keys += match === null ? 0 : 1;
    if (value !== undefined) {
      if (end === "" || value.includes("\\")) {
        return null;
      }
      found.push(canonicalAddress(value.trim().toLowerCase()));
    }
  }
  return keys === 0 ? null : found;
}

/** The end of the key of an address. Other keys may end so, too. */
const key = 'Address"';

/** Longer than a member with an address. */
const longestMember = 128;

/** Such a key, and its value if it is text, as far as it was cut out. */
const member = /^Address"\s*:\s*(?:"([^"]*)("?))?/;
