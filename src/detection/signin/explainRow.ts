import { candidateReason, type CandidateReason } from "./candidate.ts";
import { classifySignIn, type Classified, type ClassifyOptions } from "./classify.ts";
import type { Fields } from "./fields.ts";
import { readTexts, type Telling } from "./sighting.ts";
import { dialectOf, readSignIn, type Dialect, type SignIn } from "./signIn.ts";

/** The classification of one record, and the reasons for it. */
export interface RowExplanation {
  readonly dialect: Dialect;
  readonly signIn: SignIn;
  /** Null for a row that cannot contain a denial. */
  readonly candidate: CandidateReason | null;
  readonly classified: Classified;
  /** Present for rows set aside, too. */
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
