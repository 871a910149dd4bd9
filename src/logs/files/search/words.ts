import { wrongPasswordSearch } from "../../../detection/context/words.ts";
import { resultTypeSearch } from "../../../detection/signin/candidate.ts";
import { approvalSearch, denialSearch } from "../../../detection/signin/outcomeText.ts";

/** What a word says of a line in which it is found: bits of its note. */
export const kinds = {
  /** It may hold an approval. */
  approval: 1,
  /** It may tell of a wrong password. */
  wrongPassword: 2,
  /** It is passed on. */
  wanted: 4,
} as const;

type Kind = keyof typeof kinds;

export interface Word {
  /** ASCII in lower case; matched in any case. Only the first 16 bytes are compared. */
  readonly text: string;
  readonly kind: Kind;
}

/**
 * The beginnings of JSON escapes for letters and digits. Any word can hide behind \u0064 or \u005c, so lines with
 * such an escape are always passed on.
 */
const escapes = ["\\u003", "\\u004", "\\u005", "\\u006", "\\u007"];

/** A line that wraps several records has to be parsed, because each record counts. */
const containers = ["records", "tables", "rows", "value"].flatMap((key) => [
  `${key}":[`,
  `${key}": [`,
]);

const wanted = [...resultTypeSearch, ...denialSearch, ...escapes, ...containers];

const noted = wordsOf("wrongPassword", wrongPasswordSearch);

/** The words that lines are searched for. */
export const searches = {
  /** Finds lines that can hold a denial; the others are noted if they can hold an approval. */
  denials: [...wordsOf("wanted", wanted), ...wordsOf("approval", [approvalSearch]), ...noted],
  /** Finds lines that can hold a denial or an approval. */
  denialsAndApprovals: [...wordsOf("wanted", [...wanted, approvalSearch]), ...noted],
} satisfies Readonly<Record<string, readonly Word[]>>;

export type SearchName = keyof typeof searches;

function wordsOf(kind: Kind, texts: readonly string[]): readonly Word[] {
  return texts.map((text) => ({ text, kind }));
}

/**
 * The mark of each word: five of its letters that are rare in sign-in rows; the middle one is not compared. The
 * first pass accepts any combination of the letters that a group's marks have at places one, two, four and five.
 * There are eight groups, one for each bit of a byte. This division was chosen by trying many on generated rows of
 * all dialects: fewer than three places in a row look like a mark, and half of those are one.
 */
const groups: readonly Readonly<Record<string, string>>[] = [
  {
    declined: "decli",
    duplicate: "dupli",
    "\\u003": "\\u003",
    "\\u004": "\\u004",
    "\\u005": "\\u005",
    "\\u006": "\\u006",
    "\\u007": "\\u007",
  },
  { 'tables":[': "ables", 'tables": [': 's": [' },
  { 'records":[': 'ds":[', 'records": [': 'ds": ', 'rows":[': 'ws":[', 'rows": [': 'ws": ' },
  { 'value":[': 'ue":[', 'value": [': 'ue": ' },
  { "50.012": "0.012", fraud: "fraud", "50.126": "0.126", "501.26": "01.26" },
  {
    "50012": "50012",
    "5.0012": ".0012",
    "5001.2": "5001.",
    "50126": "50126",
    "5.0126": ".0126",
    "5012.6": "5012.",
  },
  { suspiciousactivityreported: "iciou", select: "selec", completed: "omple" },
  { "500.12": "500.1", denied: "denie" },
];

export interface MarkedWord extends Word {
  readonly group: number;
  /** Offset of the mark in the text. */
  readonly markAt: number;
}

export const markLength = 5;

/** The group of words that are not listed: the one with the fewest marks. */
const spareGroup = groups.reduce(
  (least, marks, group) => (countOf(marks) < countOf(groups[least] ?? {}) ? group : least),
  0,
);

/**
 * Returns the words with their marks. A word that is not listed is marked by its first letters: it is found as well,
 * only with more lines that are looked at twice.
 *
 * @throws Error if a word is too short to be marked
 */
export function markWords(words: readonly Word[]): readonly MarkedWord[] {
  return words.map((word) => {
    const listed = groups.findIndex((marks) => marks[word.text] !== undefined);
    const mark = groups[listed]?.[word.text] ?? word.text.slice(0, markLength);
    const markAt = word.text.indexOf(mark);
    if (mark.length < markLength || markAt === -1) {
      throw new Error(`the search word "${word.text}" cannot be marked (words.ts)`);
    }
    return { ...word, group: listed === -1 ? spareGroup : listed, markAt };
  });
}

function countOf(marks: object): number {
  return Object.keys(marks).length;
}
