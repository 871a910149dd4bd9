import { parseJson } from "../../../detection/signin/json.ts";
import { readLooseText } from "../records/looseText.ts";

/** Maximum length of the text before the JSON on a syslog line. */
const longestHeader = 2_048;
/** What JSON begins with in base64: a brace, a bracket and what may follow it, or a byte order mark. */
const base64 = /^\s*(?:e[yw]|W[3yw]|77u)[A-Za-z0-9+/_-]+={0,2}\s*$/;
/** No sign-in is shorter in base64, and the search for lines (`kernel.wat`) finds no shorter one. */
const shortestBase64 = 127;

/** Returns the value in a text: JSON alone, behind a syslog header, or in base64; null for other text. */
export function readEnvelopeText(text: string): unknown {
  const plain = withoutMark(text);
  const start = plain.search(/\S/);
  if (start === -1) {
    return null;
  }
  if (/[[{"]/.test(plain.charAt(start))) {
    const read = readLooseText(plain);
    const inner = read === null ? parseJson(plain) : null;
    return read === null
      ? typeof inner === "string"
        ? readEnvelopeText(inner)
        : null
      : read.value;
  }
  const begin = plain.slice(0, longestHeader).search(/[[{]\s*[{"]/);
  const end = Math.max(plain.lastIndexOf("}"), plain.lastIndexOf("]"));
  if (begin !== -1 && end > begin) {
    return (
      parse(plain.slice(begin, end + 1)) ?? parse(plain.slice(plain.indexOf("{", begin), end + 1))
    );
  }
  const isBase64 = plain.trim().length >= shortestBase64 && base64.test(plain.slice(0, 4_096));
  return isBase64 ? parse(decode(plain)) : null;
}

/** Joined files have byte order marks in the middle. */
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.replace(/^\uFEFF+/, "") : text;
}

function decode(text: string): string {
  return withoutMark(Buffer.from(text, "base64").toString("utf8"));
}

function parse(text: string): unknown {
  const value = parseJson(text);
  return typeof value === "object" ? value : null;
}
