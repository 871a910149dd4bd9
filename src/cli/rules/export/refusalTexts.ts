import type { Rule } from "../../../detection/rules/rule.ts";
import { approvalWords, phrases } from "../../../detection/signin/phrases.ts";

/** Declining consent to an application is something else, in nearly the same words. */
export const otherRefusal = "consent";

/** A step of a fresh approval. */
export const [approvalText] = approvalWords.step;

/** Parts of texts, one of which a denial that the rule counts contains, in lower case. None contains another. */
export function refusalTexts({ counted }: Pick<Rule, "counted">): readonly string[] {
  const parts = phrases
    .filter(({ outcome }) => counted.some((each) => each === outcome))
    .flatMap((each) => each.parts);
  return parts.filter((part) => !parts.some((other) => other !== part && part.includes(other)));
}

/** The condition that exported rules put to a text. They know no other spelling of it. */
export function saysRefusal(rule: Pick<Rule, "counted">): (text: string) => boolean {
  const parts = refusalTexts(rule);
  return (text) => parts.some((part) => text.includes(part)) && !text.includes(otherRefusal);
}

export function saysApproval(text: string): boolean {
  return text.startsWith(approvalText);
}
