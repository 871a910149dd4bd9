// Run as a process of its own by memory.test.ts: reads a container that is made up while it is read.
// Arguments: the name of the container, its size in MB. Prints what came of it.
import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import { readLogFile } from "../../src/files/readLogFile.ts";

const CONTAINERS: Record<
  string,
  { before: string; between: string; after: string; rows?: boolean }
> = {
  lines: { before: "", between: "\n", after: "\n" },
  array: { before: "[", between: ",", after: "]" },
  envelope: { before: '{"records":[', between: ",", after: "]}" },
  answer: {
    before: '{"tables":[{"columns":[{"name":"Id"},{"name":"UserId"},{"name":"Text"}],"rows":[',
    between: ",",
    after: "]}]}",
    rows: true,
  },
  objects: { before: "", between: "\n,\n", after: "" },
};

const ROW_BYTES = 2000;
const BLOCK_ROWS = 100;

const [name = "", size = "1"] = process.argv.slice(2);
const zipped = name.startsWith("zipped ");
const container = CONTAINERS[name.replace("zipped ", "")];
if (!container) throw new Error(`no container is called "${name}"`);
const { before, between, after, rows } = container;
const count = Math.floor((Number(size) * 1024 * 1024) / ROW_BYTES);

function* text() {
  yield Buffer.from(before);
  for (let id = 0; id < count; id += BLOCK_ROWS) {
    const block = Array.from({ length: Math.min(BLOCK_ROWS, count - id) }, (_, offset) => {
      const record = { Id: id + offset, UserId: "x", Text: "x".repeat(ROW_BYTES - 50) };
      return JSON.stringify(rows === true ? Object.values(record) : record);
    });
    yield Buffer.from(`${id === 0 ? "" : between}${block.join(between)}`);
  }
  yield Buffer.from(after);
}

async function* chunks(): AsyncGenerator<Buffer> {
  const source = Readable.from(text());
  yield* zipped ? source.pipe(createGzip({ level: 1 })) : source;
}

let records = 0;
let bad = 0;
const file = { source: name, path: name, bytes: null };
for await (const batch of readLogFile(file, chunks())) {
  for (const entry of batch) {
    if (entry.kind === "record") records++;
    else bad++;
  }
}
const peakMegabytes = Math.ceil(process.resourceUsage().maxRSS / 1024);
console.log(`${count - records} missing, ${bad} bad, ${peakMegabytes} MB`);
