import { randomUUID } from "node:crypto";
import { odata, type TableClient, type TransactionAction } from "@azure/data-tables";
import { isRestError, RestError } from "@azure/core-rest-pipeline";
import { UpstreamError } from "../../run/upstreamError.ts";
import { codeOf, upstreamError } from "../../azure/upstream.ts";

const service = { name: "state table", role: "Storage Table Data Contributor" };

/** Maximum number of changes in a transaction of the service, which also allows 4 MiB, part of it for the frame. */
const changesAtOnce = 100;
const bytesAtOnce = 3 * 1024 * 1024;

/** Size of the headers and keys of a change, in bytes. */
const changeFrame = 1_024;

/** Returns the number of leading changes that fit in one transaction with those that must be in it. */
export function roomFor(changes: readonly Change[], beside: readonly Change[] = []): number {
  const most = changesAtOnce - beside.length;
  let bytes = beside.reduce((sum, change) => sum + bytesOf(change), 0);
  let room = 0;
  for (const change of changes) {
    bytes += bytesOf(change);
    if (room >= most || bytes > bytesAtOnce) {
      break;
    }
    room++;
  }
  return room;
}

function bytesOf(change: Change): number {
  const properties = change.kind === "delete" ? {} : change.properties;
  return changeFrame + Buffer.byteLength(JSON.stringify(properties));
}

export type Row = Readonly<Record<string, unknown>> & {
  readonly rowKey: string;
  readonly etag: string;
};

/** The rows of one partition. The table is created if it is missing. */
export class TableRows {
  readonly #client: TableClient;
  readonly #partition: string;
  /** Passed with every request. */
  readonly #cancel: { readonly abortSignal?: AbortSignal };

  constructor(client: TableClient, partition: string, signal?: AbortSignal) {
    this.#client = client;
    this.#partition = partition;
    this.#cancel = signal === undefined ? {} : { abortSignal: signal };
  }

  async get(rowKey: string): Promise<Row | null> {
    return this.#try(async () => {
      return this.#read(await this.#client.getEntity(this.#partition, rowKey, this.#cancel));
    }, [404]);
  }

  /** Returns rows with `from` <= key < `to` that meet an OData filter. */
  async list(from: string, to: string, condition = ""): Promise<readonly Row[]> {
    const keys = this.#between(from, to);
    const filter = condition === "" ? keys : `${keys} and ${condition}`;
    const rows = await this.#try(async () => {
      const found: Row[] = [];
      for await (const row of this.#listed({ filter })) {
        found.push(this.#read(row));
      }
      return found;
    }, [404]);
    return rows ?? [];
  }

  /** Returns the keys of rows with `from` <= key < `to`; null if that takes more than `most` requests. */
  async keys(from: string, to: string, most: number): Promise<ReadonlySet<string> | null> {
    const found = await this.#try(async () => {
      const keys = new Set<string>();
      let pages = 0;
      const asked = { filter: this.#between(from, to), select: ["PartitionKey", "RowKey"] };
      for await (const page of this.#listed(asked).byPage()) {
        for (const { partitionKey, rowKey } of page) {
          if (partitionKey !== this.#partition || typeof rowKey !== "string") {
            throw unusable();
          }
          keys.add(rowKey);
        }
        if (++pages >= most && page.continuationToken !== undefined) {
          return "tooMany";
        }
      }
      return keys;
    }, [404]);
    return found === "tooMany" ? null : (found ?? new Set());
  }

  #between(from: string, to: string): string {
    return odata`PartitionKey eq ${this.#partition} and RowKey ge ${from} and RowKey lt ${to}`;
  }

  #listed(queryOptions: { readonly filter: string; readonly select?: string[] }) {
    return this.#client.listEntities({
      ...this.#cancel,
      queryOptions,
      onResponse: ({ parsedBody }, _, error) => {
        // The client takes an answer without rows for an empty table.
        if (error === undefined && !holdsRows(parsedBody)) {
          throw unusable();
        }
      },
    });
  }

  /** @throws UpstreamError if it is not one of our rows, because a proxy answered in the service's place */
  #read(entity: Readonly<Record<string, unknown>>): Row {
    const { partitionKey, rowKey, etag } = entity;
    if (
      partitionKey !== this.#partition ||
      typeof rowKey !== "string" ||
      typeof etag !== "string"
    ) {
      throw unusable();
    }
    return { ...entity, rowKey, etag };
  }

  /** Adds a row, or replaces it if its etag matches. @returns its new etag, or null on a conflict */
  async put(rowKey: string, properties: object, etag: string | null): Promise<string | null> {
    const writeId = randomUUID();
    const entity = { partitionKey: this.#partition, rowKey, ...properties, writeId };
    const stored = await this.#try(async () => {
      const answer = await this.#make(() =>
        etag === null
          ? this.#client.createEntity(entity, this.#cancel)
          : this.#client.updateEntity(entity, "Replace", { ...this.#cancel, etag }),
      );
      return answer.etag ?? null;
    }, [404, 409, 412]);
    return stored ?? this.#etagOf(rowKey, writeId);
  }

  /** Returns the etag of a row if this write left it so: the answer was lost, and the retry found our own row. */
  async #etagOf(rowKey: string, writeId: string): Promise<string | null> {
    const found = await this.get(rowKey);
    return found !== null && found["writeId"] === writeId ? found.etag : null;
  }

  /** Deletes a row if it is unchanged since it was read. */
  async remove({ rowKey, etag }: Row): Promise<boolean> {
    const removed = await this.#try(
      () => this.#client.deleteEntity(this.#partition, rowKey, { ...this.#cancel, etag }),
      [404, 412],
    );
    return removed !== null;
  }

  /** Makes all changes or none. @returns the etag of each row, or null on a conflict */
  async transact(changes: readonly Change[]): Promise<readonly (string | null)[] | null> {
    const actions = changes.map((change) => this.#action(change));
    return this.#try(async () => {
      const { subResponses } = await this.#make(() =>
        this.#client.submitTransaction(actions, this.#cancel),
      );
      // The client looks at the status of the whole. Nothing was stored unless the parts say so.
      const stored = subResponses.filter(({ status }) => status < 300);
      if (stored.length < actions.length) {
        throw unusable();
      }
      return subResponses.map(({ etag }) => etag ?? null);
    }, [404, 409, 412]);
  }

  #action(change: Change): TransactionAction {
    const keys = { partitionKey: this.#partition, rowKey: change.rowKey };
    switch (change.kind) {
      case "create":
        return ["create", { ...keys, ...change.properties }];
      case "replace":
        return ["update", { ...keys, ...change.properties }, "Replace", { etag: change.etag }];
      case "upsert":
        return ["upsert", { ...keys, ...change.properties }, "Replace"];
      case "delete":
        return ["delete", keys];
    }
  }

  /** Runs a write, and repeats it after creating the table if there was none. */
  async #make<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isRestError(error) || codeOf(error) !== "TableNotFound") {
        throw error;
      }
    }
    await this.#client.createTable(this.#cancel);
    return write();
  }

  async #try<T>(task: () => Promise<T>, expected: readonly number[]): Promise<T | null> {
    try {
      return await task();
    } catch (error) {
      // The service gives a code with each. A bare 404 comes from a proxy and does not mean that the table is empty.
      const code = isRestError(error) ? codeOf(error) : undefined;
      const isOwn = code !== undefined && code !== RestError.PARSE_ERROR;
      if (isOwn && isRestError(error) && expected.includes(error.statusCode ?? 0)) {
        return null;
      }
      throw upstreamError(service, error);
    }
  }
}

function holdsRows(body: unknown): boolean {
  return typeof body === "object" && body !== null && "value" in body && Array.isArray(body.value);
}

function unusable(): UpstreamError {
  return new UpstreamError(service.name, "no usable answer", true);
}

export type Change =
  | { readonly kind: "create" | "upsert"; readonly rowKey: string; readonly properties: object }
  | {
      readonly kind: "replace";
      readonly rowKey: string;
      readonly properties: object;
      readonly etag: string;
    }
  | { readonly kind: "delete"; readonly rowKey: string };
