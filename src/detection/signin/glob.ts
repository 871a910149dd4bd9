/** Characters of a pattern, and stars in it, at most: so much that a look at a name takes no time to speak of. */
export const longestGlob = 256;
export const mostStars = 8;

/** Whether a text is a pattern: `*` stands for any text, `?` for one character. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Whether a whole text fits a pattern. Goes back to the last star only, so it never tries all ways. */
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
