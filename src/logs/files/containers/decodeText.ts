import { readStart, resume } from "./fileStart.ts";

const byteOrderMarks = [
  { mark: Buffer.from([0xef, 0xbb, 0xbf]), encoding: "utf-8" },
  { mark: Buffer.from([0xff, 0xfe]), encoding: "utf-16le" },
  { mark: Buffer.from([0xfe, 0xff]), encoding: "utf-16be" },
] as const;

/** Enough bytes to see that every other one is zero. */
const headBytes = 64;

/**
 * Converts text to UTF-8 without a byte order mark. UTF-16 without one is recognised by its zeros. Other bytes are
 * assumed to be UTF-8 and left unchanged.
 */
export async function* decodeText(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await readStart(chunks, (bytes) => bytes >= headBytes);
  const found = byteOrderMarks.find(({ mark }) => head.bytes.subarray(0, mark.length).equals(mark));
  const bytes = head.bytes.subarray(found?.mark.length ?? 0);
  const encoding = found?.encoding ?? unmarkedEncoding(bytes.subarray(0, headBytes));
  const input = resume({ bytes, whole: head.whole }, chunks);
  if (encoding === "utf-8") {
    yield* input;
  } else {
    yield* transcode(input, new TextDecoder(encoding));
  }
}

/** JSON and CSV begin with ASCII, so in UTF-16 every other byte is zero. */
function unmarkedEncoding(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const pairs = Math.min(8, Math.floor(head.length / 2));
  const zeros = (odd: 0 | 1) =>
    Array.from({ length: pairs }, (_, pair) => head[2 * pair + odd]).filter((byte) => byte === 0)
      .length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (pairs < 2 || (even === 0) === (odd === 0)) {
    return "utf-8";
  }
  return odd === pairs ? "utf-16le" : even === pairs ? "utf-16be" : "utf-8";
}

async function* transcode(
  input: AsyncIterable<Buffer>,
  decoder: InstanceType<typeof TextDecoder>,
): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    yield Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  yield Buffer.from(decoder.decode());
}
