import { CompressionDamage } from "./inflater.ts";
import { ByteQueue, StreamEnd } from "./byteQueue.ts";

const blockBytes = 512;
const markAt = 257;
/** Maximum size of a member's long name, which is a separate member. */
const maxNameBytes = 64 * 1024;
const chunkBytes = 64 * 1024;

/** One file of a tar archive. Its bytes must be taken before the next file. */
export interface TarMember {
  readonly name: string;
  readonly bytes: AsyncGenerator<Buffer>;
}

/** The archive ends too early, or is not an archive. */
export class TarDamage extends Error {
  override readonly name = "TarDamage";
}

export function isTar(head: Buffer): boolean {
  return head.length >= blockBytes && head.toString("latin1", markAt, markAt + 5) === "ustar";
}

/** @throws TarDamage if the archive is cut off or broken */
export async function* readTar(chunks: AsyncIterator<Buffer>): AsyncGenerator<TarMember> {
  const queue = new ByteQueue(chunks, Infinity);
  let longName: string | null = null;
  try {
    while (!(await queue.isDone())) {
      const header = Buffer.from(await queue.take(blockBytes));
      if (header.every((byte) => byte === 0)) {
        return;
      }
      const size = sizeIn(header);
      const type = header.toString("latin1", 156, 157);
      const padding = (blockBytes - (size % blockBytes)) % blockBytes;
      if (type === "L" || type === "x") {
        if (size > maxNameBytes) {
          throw new TarDamage("a name in it is too long");
        }
        const text = (await queue.take(size)).toString("utf8");
        await queue.take(padding);
        longName = type === "L" ? text.replace(/\0.*$/s, "") : (paxName(text) ?? longName);
        continue;
      }
      const left = { bytes: size };
      const bytes = take(queue, left);
      if (type === "0" || type === "\0" || type === "7") {
        yield { name: longName ?? nameIn(header), bytes };
      }
      longName = null;
      await skip(queue, left.bytes);
      await queue.take(padding);
    }
  } catch (error) {
    throw error instanceof StreamEnd ? new TarDamage("it ends too early") : error;
  }
}

async function* take(queue: ByteQueue, left: { bytes: number }): AsyncGenerator<Buffer> {
  while (left.bytes > 0) {
    const count = Math.min(left.bytes, chunkBytes);
    left.bytes -= count;
    try {
      yield Buffer.from(await queue.take(count));
    } catch (cause) {
      if (!(cause instanceof StreamEnd)) {
        throw cause;
      }
      left.bytes = 0;
      throw new CompressionDamage("the tar archive is cut off or broken: it ends too early", {
        cause,
      });
    }
  }
}

async function skip(queue: ByteQueue, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= chunkBytes) {
    await queue.take(Math.min(left, chunkBytes));
  }
}

function nameIn(header: Buffer): string {
  const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
  const prefix = header.toString("utf8", 345, 500).replace(/\0.*$/s, "");
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Parses octal digits, or after a mark the binary number. */
function sizeIn(header: Buffer): number {
  const field = header.subarray(124, 136);
  const size =
    ((field[0] ?? 0) & 0x80) === 0
      ? parseInt(field.toString("latin1").trim().replace(/\0.*$/s, "") || "0", 8)
      : Number(field.readBigUInt64BE(4));
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new TarDamage("a size in it is not a number");
  }
  return size;
}

/** Parses `27 path=logs/signins.json` on a line of its own. */
function paxName(text: string): string | null {
  const [, name = null] = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text) ?? [];
  return name;
}
