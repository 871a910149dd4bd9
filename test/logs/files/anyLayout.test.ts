import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { peel } from "../../../src/logs/files/envelopes/peel.ts";
import { isExactRecord } from "../../../src/logs/files/records/exactRecord.ts";
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
/** Members that say nothing about a sign-in, whatever is in them. */
const members: fc.Arbitrary<Row> = fc.dictionary(text, value).map((any) => {
  const plain: Row = JSON.parse(JSON.stringify(any));
  return Object.fromEntries(
    Object.entries(plain).filter(([key, member]) => isExactRecord({ ...signIn, [key]: member })),
  );
});

const signIn = { Id: "1", ResultType: "500121", UserPrincipalName: "user@contoso.com" };
const otherSpelling = { id: 1, result_type: 500121.0, "User Principal Name": "user@contoso.com" };

/** Records as detection reads them, and others that have to be brought into that form. */
const forms: Readonly<Record<string, fc.Arbitrary<Row>>> = {
  "in the names that detection reads": members.map((more) => ({ ...more, ...signIn })),
  "in other names": members.map((more) => ({ ...more, ...otherSpelling })),
};

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

const kinds = Object.keys(layouts).flatMap((layout) =>
  Object.entries(forms).map(([form, row]) => [layout, form, row] as const),
);

test.each(kinds)(
  "records come out of any layout as they come out alone: %s, %s",
  async (layout, _, row) => {
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
          expect(recordsIn(entries).map(withoutNulls)).toEqual(records.map(alone));
        },
      ),
      { numRuns: cases(80) },
    );
  },
);

/** What is made of a record that stands by itself. */
function alone(record: Row): Row {
  const [made] = peel(record, { dateOrder: null });
  return made?.kind === "record" ? withoutNulls(made.record) : {};
}

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
