import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { answer, problemsIn, readCut, recordsIn } from "./reading.ts";
import { cases } from "../../cases.ts";

type Row = Readonly<Record<string, unknown>>;

// Text that looks like structure is what a splitter would trip over.
const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[[\]{}",:\\\n é]*$/));
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
  text,
  fc.dictionary(text, fc.oneof(text, fc.array(text))),
);
// A record under one of these keys would rightly be taken for a container.
const key = text.filter((name) => !/^(?:records|tables|rows|value)$/i.test(name));
const row: fc.Arbitrary<Row> = fc.dictionary(key, value).map((record) => {
  const members: Row = JSON.parse(JSON.stringify(record));
  return { ...members, UserPrincipalName: "user@contoso.com" };
});

/** How a list of records is written, given how one value is. */
const layouts: Record<
  string,
  (records: readonly Row[], write: (value: unknown) => string, gap: string) => string
> = {
  objects: (records, write, gap) => records.map(write).join(`\n${gap}`),
  array: (records, write, gap) => `${gap}${write(records)}${gap}`,
  arrays: (records, write, gap) => records.map((record) => write([record])).join(gap),
  envelope: (records, write) => write({ time: "}", records }),
  envelopes: (records, write, gap) =>
    records.map((record) => write({ records: [record] })).join(gap),
  page: (records, write) =>
    write({ "@odata.context": "[", value: records, "@odata.nextLink": "}" }),
  pages: (records, write, gap) => records.map((record) => write({ value: [record] })).join(gap),
  answer: (records, write) => write(answer(records)),
  answers: (records, write, gap) => records.map((record) => write(answer([record]))).join(gap),
};

/** Any blanks JSON allows outside of strings, wherever it has structure. */
const indent = fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 4 }), fc.constant("\t"));
const gap = fc.stringMatching(/^[ \t\r\n]*$/);

test.each(Object.keys(layouts))(
  "records come back identical from any layout: %s",
  async (layout) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        indent,
        gap,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
        async (records, space, blanks, zipped, sizes) => {
          const content =
            layouts[layout]?.(records, (any) => JSON.stringify(any, null, space), blanks) ?? "";
          const bytes = zipped ? gzipSync(content) : Buffer.from(content);
          const entries = await readCut(cut(bytes, sizes));
          expect(problemsIn(entries)).toEqual([]);
          expect(recordsIn(entries).map(withoutNulls)).toEqual(records.map(withoutNulls));
        },
      ),
      { numRuns: cases(150) },
    );
  },
);

test("no bytes at all make the reader fail in any way but by refusing the file", async () => {
  const scraps = fc.constantFrom(
    '{"UserId":1}',
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "\n",
    "\\",
    '{"records":[',
    '{"value":[',
    '"rows":[',
    "\0",
    "1",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc.array(scraps, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(""))),
      ),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
      async (bytes, sizes) => {
        const settle = (chunks: Iterable<Buffer>) =>
          readCut(chunks).catch((error: unknown) => {
            expect(error).toMatchObject({ name: "InputError" });
            return "refused";
          });
        // And the outcome does not depend on the chunks.
        expect(await settle(cut(bytes, sizes))).toEqual(await settle([bytes]));
      },
    ),
    { numRuns: cases(1_000) },
  );
});

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (let turn = 0; from < bytes.length; turn++) {
    const to = from + (sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** A row of a table has null for what a record does not have. */
function withoutNulls(record: Row): Row {
  return Object.fromEntries(Object.entries(record).filter(([, member]) => member !== null));
}
