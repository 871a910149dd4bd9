import type { Rule } from "../../../detection/rules/rule.ts";
import { approvalWords, phrases } from "../../../detection/signin/phrases.ts";

/** Declining consent to an application is something else, although its text is nearly the same. */
export const otherRefusal = "consent";

/** The start of the text of a fresh approval. */
export const [approvalText] = approvalWords.step;

/** Returns parts of texts, in lower case. Every denial that counts contains one of them. No part contains another. */
export function refusalTexts({ counted }: Pick<Rule, "counted">): readonly string[] {
  const parts = phrases
    .filter(({ outcome }) => counted.some((each) => each === outcome))
    .flatMap((each) => each.parts);
  return parts.filter((part) => !parts.some((other) => other !== part && part.includes(other)));
}

/** The condition that exported rules apply to a text. They know no other spellings. */
export function saysRefusal(rule: Pick<Rule, "counted">): (text: string) => boolean {
  const parts = refusalTexts(rule);
  return (text) => parts.some((part) => text.includes(part)) && !text.includes(otherRefusal);
}

export function saysApproval(text: string): boolean {
  return text.startsWith(approvalText);
}
