import { resultTypeSearch } from "../../detection/candidate.ts";
import { approvalSearch, denialSearch } from "../../detection/outcome.ts";

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
 * Three letters of each word that are rare in sign-in rows. Words of one group should have no letters in
 * common at the same place of their marks: any mixture of them is taken for a mark at first. Found by trying
 * many divisions on generated rows, in which fewer than two places each look like a mark.
 */
const groups: readonly Readonly<Record<string, string>>[] = [
  { declined: "dec", select: "lec", 'tables":[': "abl", 'tables": [': "abl" },
  { "50012": "012", "5.0012": "012", "50.012": "012", "5001.2": "01." },
  { suspiciousactivityreported: "spi", "\\u006": "\\u0", "\\u007": "\\u0" },
  { 'rows":[': 'ws"', 'rows": [': 'ws"' },
  { 'value":[': "alu", 'value": [': "alu", completed: "let" },
  { denied: "nie", duplicate: "dup" },
  { "500.12": "00.", fraud: "fra" },
  { "\\u003": "u00", "\\u004": "u00", "\\u005": "u00", 'records":[': "rds", 'records": [': "rds" },
];

export interface MarkedWord extends Word {
  /** Where in the text its mark begins. */
  readonly markAt: number;
}

/** Words in their groups, of which there are eight. */
export function groupWords(words: readonly Word[]): readonly (readonly MarkedWord[])[] {
  return groups.map((marks) =>
    words.flatMap((word) => {
      const mark = marks[word.text];
      return mark === undefined ? [] : [{ ...word, markAt: word.text.indexOf(mark) }];
    }),
  );
}
