import { harmlessTexts } from "../../../../src/detection/signin/outcomeText.ts";
import { nameHash } from "../../../../src/logs/files/search/lineSearch.ts";
import { nameKeys, type Word } from "../../../../src/logs/files/search/words.ts";

/** What a search says of a text: wanted lines by their number, names as "line hash". */
export interface Said {
  readonly lines: number;
  readonly passed: number;
  readonly wanted: readonly (readonly [line: number, text: string])[];
  readonly noted: readonly string[];
}

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
      if (isWanted(content, words)) {
        wanted.push([index + 1, line]);
      } else {
        passed++;
        noted.push(...namesIn(content, words).map((hash) => `${at} ${hash}`));
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

function namesIn(line: string, words: readonly Word[]): readonly number[] {
  const isNoted = words.some(
    ({ kind, text }) => kind === "candidate" && line.toLowerCase().includes(text),
  );
  if (!isNoted) {
    return [];
  }
  // Keys inside of what stands behind another key are found, too.
  const ends = nameKeys
    .flatMap((key) => placesBehind(line, key))
    .toSorted((a, b) => a - b)
    .slice(0, 16);
  const hashes = ends.map((end) => hashOf(line.slice(end)));
  return ends.length === 0 || ends.length === 16 ? [...hashes, 0] : hashes;
}

function placesBehind(line: string, key: string): readonly number[] {
  const places: number[] = [];
  for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + 1)) {
    places.push(at + key.length);
  }
  return places;
}

function hashOf(behindKey: string): number {
  const [, name] = /^"[ \t]*:[ \t]*"([!#-9;-[\]-~]*)"/.exec(behindKey) ?? [];
  return name === undefined ? 0 : nameHash(name.toLowerCase());
}
