/**
 * Makes text from logs safe to display. Control, bidirectional and other invisible characters and lone surrogates
 * are shown by their code point, so that nothing is hidden or reverses the reading direction.
 *
 * @param longest in UTF-16 units; longer text is cut and ends in an ellipsis
 */
export function visible(text: string, longest = 256): string {
  const shown = text.length > longest ? `${cutAt(text, longest)}…` : text;
  return shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, codePoint);
}

/** Returns the first units of a text, without half a character at the end. */
export function cutAt(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

/** Does the same for a place that is rendered as Markdown or HTML, in which special characters must have no effect. */
export function inert(text: string, longest = 256): string {
  return visible(text, longest).replace(
    /[&<>]|[\\`*_{}[\]()#!|~]|(?<=:)\/\/|(?<=www)\./gi,
    (found) => (/[&<>]/.test(found) ? `&#${found.charCodeAt(0)};` : `\\${found}`),
  );
}

function codePoint(char: string): string {
  return `[U+${Number(char.codePointAt(0)).toString(16).toUpperCase().padStart(4, "0")}]`;
}
