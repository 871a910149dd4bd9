import { Inflater } from "./inflater.ts";
import { readStart, resume } from "./fileStart.ts";

/** Limits the output of one step. Deflate grows data a thousandfold at most. */
const stepBytes = 16 * 1024;
/**
 * A member ends with a checksum and a length. They are held back, so that a wrong checksum does not cost the data
 * before it.
 */
const trailerBytes = 8;
/** Each buffer is delivered separately, which takes as long as inflating some of it. */
const outputBytes = 256 * 1024;
/** If data breaks this early, it is inflated again up to the exact byte, so that a small file loses no valid data. */
const retryBytes = 1024 * 1024;

/**
 * Inflates gzip with any number of members, recognised by its first two bytes. Other bytes are returned unchanged.
 * If the data is corrupt, up to 256 KB of text before that position may be lost.
 *
 * @throws CompressionDamage after the last good bytes
 */
export async function* gunzip(
  chunks: AsyncGenerator<Buffer>,
  onFound: () => void = () => {},
): AsyncGenerator<Buffer> {
  const head = await readStart(chunks, (bytes) => bytes >= 2);
  const input = resume(head, chunks);
  if (head.bytes[0] === 0x1f && head.bytes[1] === 0x8b) {
    onFound();
    yield* inflate(input);
  } else {
    yield* input;
  }
}

async function* inflate(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = new Inflater("gzip", outputBytes);
  // All steps up to the one that failed, as long as they are few.
  const early: Buffer[] = [];
  let given = 0;
  try {
    for await (const step of stepsOf(input)) {
      // The next step inflates on another thread while the consumer works on this one.
      const ready = await inflater.finished();
      const sound = !inflater.failed;
      inflater.start(step);
      if (sound && inflater.taken <= retryBytes) {
        early.push(step);
      }
      given += ready.length;
      if (ready.length > 0) {
        yield ready;
      }
      if (!sound) {
        break;
      }
    }
    const ready = await inflater.finished();
    inflater.start(null);
    const rest = Buffer.concat([ready, await inflater.finished()]);
    given += rest.length;
    yield rest;
    if (inflater.failed && inflater.taken <= retryBytes) {
      yield* inflateAgain(early, given);
    }
    inflater.throwIfDamaged();
  } finally {
    inflater.close();
  }
}

/**
 * Returns the rest of the data before the damage. A failed step holds back what it has not delivered, so the last
 * one is taken byte by byte.
 */
async function* inflateAgain(steps: readonly Buffer[], given: number): AsyncGenerator<Buffer> {
  const inflater = new Inflater("gzip", outputBytes);
  const last = steps.at(-1) ?? Buffer.alloc(0);
  const small = Array.from(last, (_, at) => last.subarray(at, at + 1));
  let before = given;
  try {
    for (const step of [...steps.slice(0, -1), ...small]) {
      inflater.start(step);
      const output = await inflater.finished();
      yield output.subarray(before);
      before = Math.max(0, before - output.length);
    }
  } finally {
    inflater.close();
  }
}

async function* stepsOf(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of input) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const until = bytes.length - trailerBytes;
    for (let from = 0; from < until; from += stepBytes) {
      yield bytes.subarray(from, Math.min(from + stepBytes, until));
    }
    held = bytes.subarray(Math.max(until, 0));
  }
  if (held.length > 0) {
    yield held;
  }
}
