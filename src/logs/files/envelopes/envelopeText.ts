import { readLooseText } from "../records/looseText.ts";

/** What stands before the JSON on a line of syslog. */
const longestHeader = 2_048;
const base64 = /^\s*(?:ey|ew|W3|Ws|77u)[A-Za-z0-9+/_-]{30,}={0,2}\s*$/;

/** The value in a text: JSON, by itself, behind the header of a syslog line, or in base64; null where it is none. */
export function readEnvelopeText(text: string): unknown {
  const plain = withoutMark(text);
  const start = plain.search(/\S/);
  if (start === -1) {
    return null;
  }
  if (/[[{"]/.test(plain.charAt(start))) {
    const read = readLooseText(plain);
    return read ? read.value : null;
  }
  const begin = plain.slice(0, longestHeader).search(/[[{]\s*[{"]/);
  const end = Math.max(plain.lastIndexOf("}"), plain.lastIndexOf("]"));
  if (begin !== -1 && end > begin) {
    return (
      parse(plain.slice(begin, end + 1)) ?? parse(plain.slice(plain.indexOf("{", begin), end + 1))
    );
  }
  return base64.test(plain.slice(0, 4_096)) ? parse(decode(plain)) : null;
}

/** Byte order marks stand wherever files were put together. */
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.replace(/^\uFEFF+/, "") : text;
}

function decode(text: string): string {
  return withoutMark(Buffer.from(text, "base64").toString("utf8"));
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
