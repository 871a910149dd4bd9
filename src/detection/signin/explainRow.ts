import { candidateReason, type CandidateReason } from "./candidate.ts";
import { classifySignIn, type Classified, type ClassifyOptions } from "./classify.ts";
import type { Fields } from "./fields.ts";
import { readTexts, type Telling } from "./sighting.ts";
import { dialectOf, readSignIn, type Dialect, type SignIn } from "./signIn.ts";

/** What became of one record, and out of what. */
export interface RowExplanation {
  readonly dialect: Dialect;
  readonly signIn: SignIn;
  /** Null for a row that can hold no denial. */
  readonly candidate: CandidateReason | null;
  readonly classified: Classified;
  /** Also of a row that was set aside. */
  readonly texts: readonly Telling[];
}

export function explainRow(record: Fields, options: ClassifyOptions = {}): RowExplanation {
  const signIn = readSignIn(record);
  return {
    dialect: dialectOf(record),
    signIn,
    candidate: candidateReason(signIn),
    classified: classifySignIn(signIn, options),
    texts: readTexts(signIn),
  };
}
