/** Maximum number of characters and stars in a pattern, so that matching a name takes very little time. */
export const longestGlob = 256;
export const mostStars = 8;

/** Reports whether a text is a pattern: `*` stands for any text, `?` for one character. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Reports whether a whole text matches a pattern. Backtracks only to the last star, so it never tries all ways. */
export function fitsGlob(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let place = 0;
  while (at < text.length) {
    if (pattern[place] === "*") {
      star = place++;
      resumeAt = at;
    } else if (place < pattern.length && (pattern[place] === "?" || pattern[place] === text[at])) {
      place++;
      at++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(place));
}
