import { harmlessTexts } from "../../../../src/detection/signin/outcomeText.ts";
import { nameHash } from "../../../../src/logs/files/search/lineSearch.ts";
import { noteBits, noteKeys, version6 } from "../../../../src/logs/files/search/notes.ts";
import type { Word } from "../../../../src/logs/files/search/words.ts";

/** What a search says of a text: wanted lines by their number, notes as their numbers. */
export interface Said {
  readonly lines: number;
  readonly passed: number;
  readonly wanted: readonly (readonly [line: number, text: string])[];
  readonly noted: readonly string[];
}

/** Of a line that is wanted the time is as little known as the rest. */
const wantedNote = (noteBits.wanted | (-1 << 6)) >>> 0;

/** The same search, as it can be read: line by line, word by word. */
export function searchNaively(text: string, words: readonly Word[]): Said {
  const lines = text.split("\n");
  if (lines.at(-1) === "") {
    lines.pop();
  }
  const wanted: [number, string][] = [];
  const noted: string[] = [];
  let passed = 0;
  let at = 0;
  for (const [index, line] of lines.entries()) {
    const content = line.replace(/\r$/, "");
    if (content !== "") {
      const isOne = isWanted(content, words);
      noted.push([at, ...(isOne ? [0, 2 ** 32 - 1, wantedNote] : noteOf(line, words))].join(" "));
      if (isOne) {
        wanted.push([index + 1, line]);
      } else {
        passed++;
      }
    }
    at += line.length + 1;
  }
  return { lines: lines.length, passed, wanted, noted };
}

function isWanted(line: string, words: readonly Word[]): boolean {
  const told = harmlessTexts
    .reduce((rest, text) => rest.replaceAll(new RegExp(`"${text}(?=\\\\?")`, "g"), '"'), line)
    .toLowerCase();
  return (
    !line.startsWith("{") ||
    !line.endsWith("}") ||
    words.some(({ kind, text }) => kind === "wanted" && told.includes(text.slice(0, 16)))
  );
}

/** What the kernel notes of a line, behind its offset (notes.ts). */
function noteOf(line: string, words: readonly Word[]): readonly number[] {
  const noted = { names: [0, 0], count: 0, address: -1, minute: -1, bits: 0 };
  for (const { kind, text } of words) {
    if (kind !== "wanted" && line.toLowerCase().includes(text.slice(0, 16))) {
      noted.bits |= noteBits[kind];
    }
  }
  for (const { key, behind } of keysIn(line)) {
    if (key === "reatedDateTime") {
      const minute = minuteOf(behind);
      noted.bits |= minute === 0 || ![-1, minute].includes(noted.minute) ? noteBits.anyTime : 0;
      noted.minute = minute;
    } else if (key === 'Address"') {
      const address = hashOf(behind) || versionOf(behind);
      noted.address = [-1, address].includes(noted.address) ? address : 0;
    } else {
      const hash = hashOf(behind);
      noted.count++;
      noted.bits |= hash === 0 || noted.count > 2 ? noteBits.anyName : 0;
      noted.names = [hash, noted.names[0] ?? 0];
    }
  }
  noted.bits |= noted.count === 0 ? noteBits.anyName : 0;
  noted.bits |= [-1, 0, version6].includes(noted.address) ? noteBits.anyAddress : 0;
  noted.bits |= noted.minute === -1 ? noteBits.anyTime : 0;
  const [last = 0, before = 0] = noted.names;
  return [
    ((last >>> 16) | (before & 0xffff_0000)) >>> 0,
    noted.address >>> 0,
    (noted.bits | (noted.minute << 6)) >>> 0,
  ];
}

/** Keys inside of what stands behind another key are found, too. */
function keysIn(line: string) {
  const found: { at: number; key: string; behind: string }[] = [];
  for (const { text: key, valueAt } of noteKeys) {
    for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + 1)) {
      found.push({ at, key, behind: line.slice(at + valueAt) });
    }
  }
  return found.toSorted((a, b) => a.at - b.at);
}

function hashOf(behindKey: string): number {
  const [, name] = /^"[ \t]*:[ \t]*"([!#-9;-[\]-~]*)"/.exec(behindKey) ?? [];
  return name === undefined ? 0 : nameHash(name.toLowerCase());
}

function versionOf(behindKey: string): number {
  return /^"[ \t]*:[ \t]*"[1-9a-f][\da-f]{0,3}:/i.test(behindKey) ? version6 : 0;
}

const plainTime =
  /^"[ \t]*:[ \t]*"20(\d\d)-([01]\d)-([0-3]\d)T([0-2]\d):([0-5]\d):[0-5]\d(?:\.\d{1,12})?Z"/;

function minuteOf(behindKey: string): number {
  const [year, month, day, hour, minute] = (plainTime.exec(behindKey) ?? []).slice(1).map(Number);
  if (!month || !day || month > 12 || day > 31 || (hour ?? 24) > 23) {
    return 0;
  }
  const days = ((year ?? 0) * 12 + month) * 31 + day;
  return (days * 24 + (hour ?? 0)) * 60 + (minute ?? 0);
}
