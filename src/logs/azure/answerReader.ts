import { RestError, type PipelinePolicy, type PipelineRequest } from "@azure/core-rest-pipeline";

/** Rows are parsed in portions of about so much text: an answer of tens of megabytes is never held as one. */
const portionBytes = 256 * 1024;
const rowsBegin = Buffer.from('"rows":[');
const betweenRows = Buffer.from("],[");

/** The answers that are read here; the text of others is left as it is. */
const readStatus = 200;

/**
 * Reads the answers of the query API as they come in, and leaves the parsed text as the response's `parsedBody`.
 * Has to stand inside the retry policy, because an answer can break off in the middle.
 */
export const answerReader: PipelinePolicy = {
  name: "mfaDenyAnswerReader",
  async sendRequest(request, next) {
    request.streamResponseStatusCodes = new Set([readStatus]);
    const response = await next(request);
    const { readableStreamBody: stream, ...rest } = response;
    if (stream === undefined) {
      return response;
    }
    const parsedBody = await parseAnswer(stream as AsyncIterable<Buffer>).catch(
      (error: unknown) => {
        throw broken(request, error);
      },
    );
    return Object.assign(rest, { parsedBody });
  },
};

/**
 * An answer that breaks off fails as the client's own reading of it does, and is asked for again; one that came
 * whole and is no JSON would be the same again.
 */
function broken(request: PipelineRequest, error: unknown): unknown {
  const isFinal =
    error instanceof SyntaxError || (error instanceof Error && error.name === "AbortError");
  return isFinal
    ? error
    : new RestError("unreadable answer", { code: RestError.PARSE_ERROR, request });
}

/** @returns what `JSON.parse` makes of the whole text, which holds the first table's rows last */
export async function parseAnswer(chunks: AsyncIterable<Buffer>): Promise<unknown> {
  const rows: unknown[] = [];
  let head: Buffer | null = null;
  let pending: Buffer[] = [];
  let size = 0;
  let enough = portionBytes;
  for await (const chunk of chunks) {
    pending.push(chunk);
    size += chunk.length;
    if (size < enough) {
      continue;
    }
    let text = Buffer.concat(pending);
    if (head === null && text.includes(rowsBegin)) {
      const end = text.indexOf(rowsBegin) + rowsBegin.length;
      head = Buffer.from(text.subarray(0, end));
      text = text.subarray(end);
    }
    const taken = head === null ? 0 : takeRows(text, rows);
    pending = [text.subarray(taken)];
    size = text.length - taken;
    // Where nothing could be taken, twice as much is waited for: no text is gone through often.
    enough = taken > 0 ? size + portionBytes : size * 2;
  }
  const answer: unknown = JSON.parse(
    Buffer.concat([head ?? Buffer.alloc(0), ...pending]).toString(),
  );
  return rows.length === 0 ? answer : withRows(answer as Answer, rows);
}

/**
 * Parses the whole rows at the start of the text, up to the last place that looks like the end of one. Where it
 * only looks so, within a string or a nested array, what stands before it is no JSON, and nothing is taken.
 *
 * @returns how many bytes were taken
 */
function takeRows(text: Buffer, rows: unknown[]): number {
  const end = text.lastIndexOf(betweenRows);
  if (end === -1) {
    return 0;
  }
  try {
    for (const row of JSON.parse(`[${text.toString("utf8", 0, end + 1)}]`) as unknown[]) {
      rows.push(row);
    }
  } catch {
    return 0;
  }
  return end + betweenRows.length - 1;
}

interface Answer {
  readonly tables: readonly [{ readonly rows: readonly unknown[] }];
}

function withRows(answer: Answer, rows: readonly unknown[]): unknown {
  const [table, ...others] = answer.tables;
  return { ...answer, tables: [{ ...table, rows: [...rows, ...table.rows] }, ...others] };
}
