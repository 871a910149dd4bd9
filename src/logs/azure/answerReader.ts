import { RestError, type PipelinePolicy, type PipelineRequest } from "@azure/core-rest-pipeline";

/**
 * Rows are parsed in portions of about this size, so that an answer of tens of megabytes is never in memory as one
 * text.
 */
const portionBytes = 256 * 1024;
const rowsBegin = Buffer.from('"rows":[');
const betweenRows = Buffer.from("],[");

/** The status of answers that are parsed here. Others keep their text. */
const readStatus = 200;

/**
 * Parses the answers of the query API while they arrive, and stores the result as the response's `parsedBody`. It
 * must run inside the retry policy, because an answer can break off in the middle.
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
 * An answer that breaks off gets the client's own error for that, so that it is requested again. A complete answer
 * that is not JSON would be the same again.
 */
function broken(request: PipelineRequest, error: unknown): unknown {
  const isFinal =
    error instanceof SyntaxError || (error instanceof Error && error.name === "AbortError");
  return isFinal
    ? error
    : new RestError("unreadable answer", { code: RestError.PARSE_ERROR, request });
}

/** @returns the same as `JSON.parse` of the whole text, in which the first table's rows come last */
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
    // If nothing could be taken, waits for twice as much, so that no text is scanned many times.
    enough = taken > 0 ? size + portionBytes : size * 2;
  }
  const answer: unknown = JSON.parse(
    Buffer.concat([head ?? Buffer.alloc(0), ...pending]).toString(),
  );
  return rows.length === 0 ? answer : withRows(answer as Answer, rows);
}

/**
 * Parses the whole rows at the start of the text, up to the last place that looks like the end of one. If it only
 * looks so, within a string or a nested array, the part before it is not JSON, and nothing is taken.
 *
 * @returns the number of bytes taken
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
