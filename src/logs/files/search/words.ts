import { resultTypeSearch } from "../../../detection/signin/candidate.ts";
import { approvalSearch, denialSearch } from "../../../detection/signin/outcomeText.ts";

/** What a word that is found in a line makes of it. */
export const kinds = {
  /** It is handed on. */
  wanted: 1,
  /** It is noted, with the names in it. */
  noted: 2,
} as const;

type Kind = keyof typeof kinds;

export interface Word {
  /** ASCII in lower case, in whatever case it stands. What is longer than 16 bytes is looked for by its first 16. */
  readonly text: string;
  readonly kind: Kind;
}

/**
 * Letters and digits that JSON writes by their number: behind \u0064 or \u005c any word can hide, so such lines
 * are handed on whatever they say.
 */
const escapes = ["\\u003", "\\u004", "\\u005", "\\u006", "\\u007"];

/** Lines that hold records rather than being one have to be counted by their records. */
const containers = ["records", "tables", "rows", "value"].flatMap((key) => [
  `${key}":[`,
  `${key}": [`,
]);

/**
 * `UserPrincipalName` and `UserId`, and what other dialects make of them; case counts. A name follows as value. At
 * most 16 bytes each, with the same first letter; they are found by it and their fourth.
 */
export const nameKeys = ["serPrincipalName", "serId"] as const;

const wanted = [...resultTypeSearch, ...denialSearch, ...escapes, ...containers];

/** What lines are searched for. */
export const searches = {
  /** Lines that can hold a denial; of the others it is noted who may have approved a prompt in them. */
  denials: [
    ...wanted.map((text) => ({ text, kind: "wanted" as const })),
    { text: approvalSearch, kind: "noted" },
  ],
  /** Lines that can hold a denial or an approval. */
  denialsAndApprovals: [...wanted, approvalSearch].map((text) => ({ text, kind: "wanted" })),
} satisfies Readonly<Record<string, readonly Word[]>>;

export type SearchName = keyof typeof searches;

/**
 * The mark of each word: five letters of it that are rare in sign-in rows, the middle one aside. Any mixture of
 * what the marks of a group have at their first and fourth place, and at their second and fifth, is taken for a
 * mark at first. Found by trying many divisions on generated rows of all dialects: fewer than three places of a
 * row look like a mark, half of which are one. There are eight groups, as many as a byte has bits.
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
  { "50.012": "0.012", fraud: "fraud" },
  { "50012": "50012", "5.0012": ".0012", "5001.2": "5001." },
  { suspiciousactivityreported: "iciou", select: "selec", completed: "omple" },
  { "500.12": "500.1", denied: "denie" },
];

export interface MarkedWord extends Word {
  readonly group: number;
  /** Where in the text its mark begins. */
  readonly markAt: number;
}

/** Words with their marks. */
export function markWords(words: readonly Word[]): readonly MarkedWord[] {
  return words.map((word) => {
    const group = groups.findIndex((marks) => marks[word.text] !== undefined);
    return { ...word, group, markAt: word.text.indexOf(groups[group]?.[word.text] ?? "") };
  });
}
