import { odata, type TableClient, type TransactionAction } from "@azure/data-tables";
import { isRestError } from "@azure/core-rest-pipeline";
import { upstreamError } from "./upstream.ts";

const service = { name: "state table", role: "Storage Table Data Contributor" };

/** A transaction of the service holds this many changes. */
export const changesAtOnce = 100;

export type Row = Readonly<Record<string, unknown>> & {
  readonly rowKey: string;
  readonly etag: string;
};

/** The rows of one partition. The table is made when it turns out to be missing. */
export class TableRows {
  readonly #client: TableClient;
  readonly #partition: string;

  constructor(client: TableClient, partition: string) {
    this.#client = client;
    this.#partition = partition;
  }

  async get(rowKey: string): Promise<Row | null> {
    return this.#try(async () => {
      const row = await this.#client.getEntity(this.#partition, rowKey);
      return { ...row, rowKey, etag: row.etag };
    }, [404]);
  }

  /** Rows with `from` <= key < `to`, and further conditions as an OData filter. */
  async list(from: string, to: string, condition = ""): Promise<readonly Row[]> {
    const keys = odata`PartitionKey eq ${this.#partition} and RowKey ge ${from} and RowKey lt ${to}`;
    const filter = condition === "" ? keys : `${keys} and ${condition}`;
    const rows = await this.#try(async () => {
      const found: Row[] = [];
      for await (const row of this.#client.listEntities({ queryOptions: { filter } })) {
        found.push({ ...row, rowKey: row.rowKey ?? "", etag: row.etag });
      }
      return found;
    }, [404]);
    return rows ?? [];
  }

  /** Adds a row, or replaces it if it is as `etag` says. @returns its new etag, or null on a conflict */
  async put(rowKey: string, properties: object, etag: string | null): Promise<string | null> {
    const entity = { partitionKey: this.#partition, rowKey, ...properties };
    return this.#try(async () => {
      const { etag: stored } = await this.#make(() =>
        etag === null
          ? this.#client.createEntity(entity)
          : this.#client.updateEntity(entity, "Replace", { etag }),
      );
      return stored ?? null;
    }, [404, 409, 412]);
  }

  /** Deletes a row if it is as it was read. */
  async remove({ rowKey, etag }: Row): Promise<boolean> {
    const removed = await this.#try(
      () => this.#client.deleteEntity(this.#partition, rowKey, { etag }),
      [404, 412],
    );
    return removed !== null;
  }

  /** All changes or none. @returns the etag of each row, or null on a conflict */
  async transact(changes: readonly Change[]): Promise<readonly (string | null)[] | null> {
    const actions = changes.map((change) => this.#action(change));
    return this.#try(async () => {
      const { subResponses } = await this.#make(() => this.#client.submitTransaction(actions));
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

  /** Runs a write, and once more after making the table where there is none. */
  async #make<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (codeOf(error) !== "TableNotFound") {
        throw error;
      }
    }
    await this.#client.createTable();
    return write();
  }

  async #try<T>(task: () => Promise<T>, expected: readonly number[]): Promise<T | null> {
    try {
      return await task();
    } catch (error) {
      if (isRestError(error) && expected.includes(error.statusCode ?? 0)) {
        return null;
      }
      throw upstreamError(service, error);
    }
  }
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

/** The service's own code, such as `EntityAlreadyExists`. */
function codeOf(error: unknown): string {
  if (!isRestError(error)) {
    return "";
  }
  const details = error.details as { readonly odataError?: { readonly code?: string } } | undefined;
  return details?.odataError?.code ?? error.code ?? "";
}
