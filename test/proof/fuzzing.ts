/** What all fuzzing shares: how much of it there is, what may never happen, and pieces that trip readers up. */
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { extent, seed } from "./extent.ts";

/** Checks a property so often, always the same cases for one PROOF_SEED. */
export async function fuzz<T>(
  arbitrary: fc.Arbitrary<T>,
  runs: number,
  check: (value: T) => void | Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (value) => {
    await check(value);
  });
  await fc.assert(property, { seed, numRuns: runs });
}

/** Escaped so that they arrive unchanged in JSON. */
export const hostileLiterals: readonly string[] = [
  "1e999",
  "-1e999",
  "1e-999",
  "-0",
  "9".repeat(400),
  `-${"9".repeat(400)}.5`,
  "9007199254740993",
  "null",
  "true",
  '""',
  '" "',
  '"\\ud800"',
  '"\\udfff\\ud83d"',
  '"\\u0000"',
  '"\\ufeff"',
  '"\\u2028\\u2029\\u0085"',
  '"\\u202e"',
  '"__proto__"',
  '"constructor"',
  "[]",
  "{}",
  "[[[[[[]]]]]]",
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":null,"valueOf":1,"hasOwnProperty":"x"}',
  '{"length":4294967296}',
  '{"then":true}',
  JSON.stringify("[{".repeat(40)),
  JSON.stringify('[{"succeeded":'),
  JSON.stringify(JSON.stringify('{"additionalDetails":"MFA denied; user declined"}')),
  JSON.stringify("x".repeat(5_000)),
  JSON.stringify(" ".repeat(5_000)),
  JSON.stringify("'".repeat(300)),
  JSON.stringify("::".repeat(300)),
  JSON.stringify("2026-03-10T09:00:00.000Z".padEnd(3_000)),
  JSON.stringify("0000-99-99T99:99:99Z"),
  JSON.stringify("9999-12-31T23:59:59.999999999999+14:00"),
  `${"[".repeat(2_000)}${"]".repeat(2_000)}`,
];

export const hostileKeys: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "then",
  "",
  "0",
  "length",
  "\u0000",
  "\ufeffTimeGenerated",
  "\ud800",
];

/** What is written into bytes, wherever they are. */
const pieces: readonly Buffer[] = [
  ...hostileLiterals.map((text) => Buffer.from(text)),
  ...hostileKeys.map((text) => Buffer.from(`"${text}":`)),
  ...'{ } [ ] " , : ; \t \n \r \\ \\" \\u \\ud83d /* // ,, :: "" "," }, ]} }{ {"records":[ {"value":['
    .split(" ")
    .map((text) => Buffer.from(text)),
  ...['"rows":[', '"tables":[{', '"columns":[', "sep=;", "\r\n", "\n\n", "# ", "-", "e", "."].map(
    (text) => Buffer.from(text),
  ),
  Buffer.from([0]),
  Buffer.alloc(300),
  Buffer.from([0xff]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0x1f, 0x8b, 0x08]),
  Buffer.from("PK\u0003\u0004", "latin1"),
];

const changes = ["flip", "write", "insert", "insert", "drop", "repeat", "swap", "end"] as const;

export interface Mutation {
  readonly change: (typeof changes)[number];
  /** Places in the bytes; taken by their length. */
  readonly at: number;
  readonly to: number;
  readonly length: number;
  readonly piece: Buffer;
}

const place = fc.nat({ max: 2 ** 30 });

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  change: fc.constantFrom(...changes),
  at: place,
  to: place,
  length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 })),
  piece: fc.constantFrom(...pieces),
});

export function mutate(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce(mutateOnce, bytes);
}

function mutateOnce(bytes: Buffer, { change, at: from, to, length, piece }: Mutation): Buffer {
  const at = from % (bytes.length + 1);
  const before = bytes.subarray(0, at);
  const part = bytes.subarray(at, at + length);
  const after = bytes.subarray(at + length);
  switch (change) {
    case "flip": {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) {
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (to % 8));
      }
      return flipped;
    }
    case "write":
      return Buffer.concat([before, piece, bytes.subarray(at + piece.length)]);
    case "insert":
      return Buffer.concat([before, piece, bytes.subarray(at)]);
    case "drop":
      return Buffer.concat([before, after]);
    case "repeat":
      return Buffer.concat([before, part, part, after]);
    case "swap": {
      const other = to % (bytes.length + 1);
      const moved = bytes.subarray(other, other + length);
      return Buffer.concat([before, moved, after]);
    }
    case "end":
      return before;
  }
}

/** Looks after every test that what all objects are made of is as it was. */
export function guardPrototypes(): void {
  const known = new Map<string, readonly PropertyKey[]>();
  const all = { Object, Array, String, Number, Function, RegExp, Map, Date };
  const keysOf = () =>
    Object.entries(all).map(
      ([name, { prototype }]) => [name, Reflect.ownKeys(prototype as object)] as const,
    );
  beforeEach(() => {
    for (const [name, keys] of keysOf()) {
      known.set(name, keys);
    }
  });
  afterEach(() => {
    for (const [name, keys] of keysOf()) {
      expect(keys).toEqual(known.get(name));
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });
}

/** From another thread: a loop that never ends leaves its own no time to say so. */
const watch = `
  const { workerData } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  const beats = new Int32Array(workerData.beats);
  let seen = -1, since = Date.now();
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    if (now !== seen || Atomics.load(beats, 1) === 0) { seen = now; since = Date.now(); return; }
    if (Date.now() - since < workerData.limitMs) return;
    writeSync(2, "\\nNo end after " + workerData.limitMs + " ms in case " + now + " of " + workerData.what +
      "; replay with PROOF_SEED=" + workerData.seed + "\\n");
    process.kill(process.pid, "SIGKILL");
  }, 250).unref();
`;

export interface Counter {
  /** Another case begins; `many` records are in it. */
  begin(many?: number): void;
  readonly count: number;
}

/** Counts cases, ends the process where one has no end, and prints at the end how many there were. */
export function counted(what: string, limitMs = 30_000): Counter {
  const beats = new SharedArrayBuffer(8);
  const view = new Int32Array(beats);
  let count = 0;
  let slowest = 0;
  let since = 0;
  const note = () => {
    if (since > 0) {
      slowest = Math.max(slowest, performance.now() - since);
    }
  };
  const dog = new Worker(watch, { eval: true, workerData: { beats, limitMs, what, seed } });
  dog.unref();
  beforeEach(() => void Atomics.store(view, 1, 1));
  afterEach(() => {
    note();
    since = 0;
    Atomics.store(view, 1, 0);
  });
  afterAll(async () => {
    await dog.terminate();
    const slow = `slowest case ${Math.round(slowest)} ms`;
    console.log(`${what}: ${count.toLocaleString("en")} (${slow}; PROOF_SEED=${seed})`);
  });
  return {
    begin(many = 1) {
      note();
      since = performance.now();
      count += many;
      Atomics.add(view, 0, 1);
    },
    get count() {
      return count;
    },
  };
}

/** Cases of one of several tests that share a number. */
export function share(quick: number, long: number, tests: number): number {
  return Math.ceil(extent(quick, long) / tests);
}
