/** Far more than any sign-in row. A larger record is a broken file, and would soon exceed the memory. */
const maxRecordBytes = 64 * 1024 * 1024;

/** The bytes of one record, which may arrive in several chunks. Keeps at most `maxRecordBytes`. */
export class RecordBytes {
  #parts: Buffer[] = [];
  #length = 0;

  /** The number of bytes added since the last `take`, kept or not. */
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

  /** The bytes so far; null if there are more than are kept. Bytes that came in one part are not copied. */
  joined(): Buffer | null {
    if (this.#length > maxRecordBytes) {
      return null;
    }
    const [only] = this.#parts;
    if (only === undefined || this.#parts.length > 1) {
      this.#parts = [Buffer.concat(this.#parts)];
    }
    return this.#parts[0] ?? null;
  }

  /** Like `joined`, and starts over. */
  take(): Buffer | null {
    const bytes = this.joined();
    this.#parts = [];
    this.#length = 0;
    return bytes;
  }
}
