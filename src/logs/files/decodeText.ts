import { peek, resume } from "./peek.ts";

const byteOrderMarks = [
  { mark: Buffer.from([0xef, 0xbb, 0xbf]), encoding: "utf-8" },
  { mark: Buffer.from([0xff, 0xfe]), encoding: "utf-16le" },
  { mark: Buffer.from([0xfe, 0xff]), encoding: "utf-16be" },
] as const;

const longestMark = 3;

/** Brings text to UTF-8 without a byte order mark. Bytes without a mark are taken to be UTF-8 and left alone. */
export async function* decodeText(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await peek(chunks, (bytes) => bytes >= longestMark);
  const found = byteOrderMarks.find(({ mark }) => head.bytes.subarray(0, mark.length).equals(mark));
  const bytes = head.bytes.subarray(found?.mark.length ?? 0);
  const input = resume({ bytes, whole: head.whole }, chunks);
  if (found === undefined || found.encoding === "utf-8") {
    yield* input;
  } else {
    yield* transcode(input, new TextDecoder(found.encoding));
  }
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
