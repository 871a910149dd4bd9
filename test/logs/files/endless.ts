// Run as a process of its own by memory.test.ts: reads a container that is made up while it is read, or
// one that was written to disk as a zip file. Arguments: the name of the container, its size in MB. Prints
// what came of it.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { crc32, createDeflateRaw, createGzip } from "node:zlib";
import { findLogFiles } from "../../../src/logs/files/findLogFiles.ts";
import { readLogFile } from "../../../src/logs/files/readLogFile.ts";
import { readRecords } from "../../../src/logs/files/readRecords.ts";
import { zipEnd, zipEntry } from "./containers/zipping.ts";

interface Container {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  readonly write?: (record: object) => string;
}

const cells = (record: object) => Object.values(record) as readonly (string | number)[];

const containers: Record<string, Container> = {
  lines: { before: "", between: "\n", after: "\n" },
  array: { before: "[", between: ",", after: "]" },
  envelope: { before: '{"records":[', between: ",", after: "]}" },
  page: { before: '{"@odata.context":"","value":[', between: ",", after: "]}" },
  answer: {
    before:
      '{"tables":[{"columns":[{"name":"Id"},{"name":"UserId"},{"name":"ResultType"},{"name":"CreatedDateTime"},{"name":"Text"}],"rows":[',
    between: ",",
    after: "]}]}",
    write: (record) => JSON.stringify(cells(record)),
  },
  objects: { before: "", between: "\n,\n", after: "" },
  csv: {
    before: "CorrelationId,UserId,ResultType,CreatedDateTime,Text\r\n",
    between: "\r\n",
    after: "\r\n",
    write: (record) =>
      cells(record)
        .map((cell) => `"${cell}\n"`)
        .join(","),
  },
};

const rowBytes = 2000;
const blockRows = 100;

const [name = "", size = "1"] = process.argv.slice(2);
const [last = "", how = ""] = name.split(" ").toReversed();
const container = containers[last];
if (!container) {
  throw new Error(`no container is called "${name}"`);
}
const { before, between, after, write = (record: object) => JSON.stringify(record) } = container;
const count = Math.floor((Number(size) * 1024 * 1024) / rowBytes);

function* text() {
  yield Buffer.from(before);
  for (let id = 0; id < count; id += blockRows) {
    const block = Array.from({ length: Math.min(blockRows, count - id) }, (_, offset) =>
      write({
        Id: id + offset,
        UserId: "x",
        ResultType: "0",
        CreatedDateTime: "2026-03-10T09:00:00Z",
        Text: "x".repeat(rowBytes - 120),
      }),
    );
    yield Buffer.from(`${id === 0 ? "" : between}${block.join(between)}`);
  }
  yield Buffer.from(after);
}

async function* chunks(): AsyncGenerator<Buffer> {
  const source = Readable.from(text());
  yield* how === "zipped" ? source.pipe(createGzip({ level: 1 })) : source;
}

/** Writes a zip file without ever having its entry in memory. */
async function pack(path: string): Promise<void> {
  const totals = { crc: 0, bytes: 0, compressedBytes: 0 };
  function* counted() {
    for (const chunk of text()) {
      totals.crc = crc32(chunk, totals.crc);
      totals.bytes += chunk.length;
      yield chunk;
    }
  }
  const file = createWriteStream(path);
  const { local, listing } = zipEntry({ name: "log.json", streamed: true });
  file.write(local);
  for await (const chunk of Readable.from(counted()).pipe(createDeflateRaw({ level: 1 }))) {
    totals.compressedBytes += chunk.length;
    if (!file.write(chunk)) {
      await once(file, "drain");
    }
  }
  const directory = listing(totals, 0);
  file.end(
    Buffer.concat([directory, zipEnd(1, directory.length, local.length + totals.compressedBytes)]),
  );
  await finished(file);
}

async function* batches() {
  if (how !== "packed") {
    yield* readLogFile({ source: name, path: name, bytes: null }, chunks());
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "endless-zip-"));
  try {
    await pack(join(folder, "log.zip"));
    yield* readRecords(await findLogFiles([folder]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

let records = 0;
let bad = 0;
for await (const batch of batches()) {
  for (const entry of batch) {
    if (entry.kind === "record") {
      records++;
    } else {
      bad++;
    }
  }
}
const peakMegabytes = Math.ceil(process.resourceUsage().maxRSS / 1024);
console.log(`${count - records} missing, ${bad} bad, ${peakMegabytes} MB`);
