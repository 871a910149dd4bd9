import { AvroProblem, type AvroType } from "./avroSchema.ts";

/** Limit for values that take no bytes, of which a count can claim any number. */
const mostValues = 10_000_000;
const maxDepth = 100;

/** Decodes values from a block. Whatever the bytes claim, it creates no more values than they can contain. */
export class AvroDecoder {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws AvroProblem if the bytes do not match the type */
  value(type: AvroType, depth = 0): unknown {
    if (++this.#values > mostValues || depth > maxDepth) {
      throw new AvroProblem("a block has more values than its bytes can contain");
    }
    switch (type.kind) {
      case "null":
        return null;
      case "boolean":
        return this.#take(1)[0] !== 0;
      case "int":
      case "long":
        return this.long();
      case "float":
        return this.#take(4).readFloatLE(0);
      case "double":
        return this.#take(8).readDoubleLE(0);
      case "bytes":
      case "string":
        return this.#take(this.#length()).toString("utf8");
      case "fixed":
        return this.#take(type.size).toString("utf8");
      case "enum":
        return type.symbols[this.long()] ?? this.#fail("a block has a symbol that is not declared");
      case "union":
        return this.value(
          type.branches[this.long()] ?? this.#fail("a block has a branch that is not declared"),
          depth + 1,
        );
      case "array":
        return this.#items(() => this.value(type.items, depth + 1));
      case "map":
        return Object.fromEntries(
          this.#items((): [string, unknown] => [
            this.#take(this.#length()).toString("utf8"),
            this.value(type.items, depth + 1),
          ]),
        );
      case "record":
        return Object.fromEntries(
          type.fields.map(([name, field]): [string, unknown] => [
            name,
            this.value(field, depth + 1),
          ]),
        );
    }
  }

  /** A number of up to 64 bits. If it cannot be exact, it is the nearest. */
  long(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) {
        return Number((value >> 1n) ^ -(value & 1n));
      }
    }
    return this.#fail("a number is longer than 64 bits");
  }

  bytes(): Buffer {
    return this.#take(this.#length());
  }

  #items<T>(read: () => T): T[] {
    const items: T[] = [];
    for (;;) {
      const count = this.long();
      if (count === 0) {
        return items;
      }
      if (count < 0) {
        // Skips the size in bytes, which is for readers that skip blocks.
        this.long();
      }
      if (Math.abs(count) > Math.max(this.left, 1_000)) {
        this.#fail("a block has a list of more items than it has bytes");
      }
      for (let item = 0; item < Math.abs(count); item++) {
        items.push(read());
      }
    }
  }

  #length(): number {
    const length = this.long();
    return length >= 0 ? length : this.#fail("a block has a text of negative length");
  }

  #take(length: number): Buffer {
    if (length > this.left) {
      this.#fail("a value reaches beyond the end of its block");
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #fail(problem: string): never {
    throw new AvroProblem(problem);
  }
}
