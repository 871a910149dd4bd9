/**
 * Text from logs is data. Control, bidirectional and other invisible characters and lone surrogates are
 * shown by their code point, so that nothing hides or turns the reading direction.
 *
 * @param longest in UTF-16 units; what is longer is cut and ends in an ellipsis
 */
export function visible(text: string, longest = 256): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, codePoint);
}

/** The same for a place that is read as Markdown or HTML: what has a meaning there loses it. */
export function inert(text: string, longest = 256): string {
  return visible(text, longest)
    .replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]()#!|~]/g, "\\$&");
}

function codePoint(char: string): string {
  return `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}
