/** No sign-in row comes near it; more is a broken file, and would not fit into memory for long. */
const maxRecordBytes = 64 * 1024 * 1024;

/** The bytes of one record that may arrive in several chunks. Never holds more than `MAX_RECORD_BYTES`. */
export class Pieces {
  #parts: Buffer[] = [];
  #length = 0;

  /** All bytes added since the last `take`, kept or not. */
  get length(): number {
    return this.#length;
  }

  add(part: Buffer): void {
    if (part.length === 0) {
      return;
    }
    this.#length += part.length;
    if (this.#length > maxRecordBytes) {
      this.#parts = [];
    } else {
      this.#parts.push(part);
    }
  }

  /** The bytes so far; null when they are more than is kept. Does not copy what came in one part. */
  peek(): Buffer | null {
    if (this.#length > maxRecordBytes) {
      return null;
    }
    const [only] = this.#parts;
    if (only === undefined || this.#parts.length > 1) {
      this.#parts = [Buffer.concat(this.#parts)];
    }
    return this.#parts[0] ?? null;
  }

  /** As `peek`, and begins anew. */
  take(): Buffer | null {
    const bytes = this.peek();
    this.#parts = [];
    this.#length = 0;
    return bytes;
  }
}
