/** Answers that look well and are none: a proxy, a sign-in page or a half-dead gateway in the service's place. */
import { afterEach, describe, expect, test } from "vitest";
import { sentinelIncidents } from "../../src/sinks/sentinel/sentinelIncidents.ts";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { alice } from "../builders.ts";
import { burst, due, subjectOf } from "../contract/state.ts";
import { connection, credential, failureOf, startAnswering } from "./wire.ts";

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

async function answering(status: number, body: string, type = "application/json"): Promise<string> {
  const service = await startAnswering((message, response) => {
    message.resume();
    response.writeHead(status, { "content-type": type });
    response.end(body);
  });
  stop = service.stop;
  return service.url;
}

describe("the state table", () => {
  const subject = subjectOf(alice.name);

  async function state(status: number, body: string, type?: string): Promise<TableState> {
    const url = await answering(status, body, type);
    const connectionString = `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=YQ==;TableEndpoint=${url};`;
    return new TableState(
      connectTable({ connectionString }, "states", () => credential(), connection),
      "workspace",
    );
  }

  test.each([
    "{}",
    "",
    "null",
    "[]",
    '{"value":"none"}',
    '{"value":[{"name":7}]}',
    '{"value":[null]}',
    '{"value":[{"PartitionKey":"another","RowKey":"a","odata.etag":"one"}]}',
  ])("is not empty if the answer %j has no rows, or none of ours", async (body) => {
    const error = await failureOf((await state(200, body)).open());
    expect(error).toMatchObject({ service: "state table", retryable: true });
    expect(error.message).toContain("no usable answer");
  });

  test.each([
    ["", "text/html"],
    ["<!doctype html><p>Not found.</p>", "text/html"],
    ["<!doctype html><p>Not found.</p>", "application/json"],
    ["{}", "application/json"],
  ])("is not empty where somebody else's 404 says so (%j as %s)", async (body, type) => {
    const store = await state(404, body, type);
    await failureOf(store.open());
    await failureOf(store.readProgress());
    await failureOf(store.readHead(subject, 0));
  });

  test.each(["{}", "", "null", '{"RowKey":"1|else","PartitionKey":"else","d0":"{}"}'])(
    "does not call a row damaged if the answer %j is not one of our rows",
    async (body) => {
      const error = await failureOf((await state(200, body)).readHead(subject, 0));
      expect(error.message).toContain("no usable answer");
    },
  );

  test.each([
    [200, "<!doctype html><p>Please sign in.</p>", "text/html"],
    [
      202,
      "--batchresponse_1\r\n\r\n--batchresponse_1--\r\n",
      "multipart/mixed; boundary=batchresponse_1",
    ],
    [
      202,
      "--changesetresponse_1\r\n\r\nHTTP/1.1 204 No Content\r\nETag: one\r\n\r\n--changesetresponse_1--\r\n",
      "multipart/mixed; boundary=batchresponse_1",
    ],
  ])("has stored nothing where it does not say so of every change (%d %j)", async (...answer) => {
    const store = await state(...answer);
    const head = { subject, bursts: [burst(1)], deliveries: {}, version: null };
    const error = await failureOf(store.write({ head, put: [due(subject, burst(1))] }));
    expect(error.retryable).toBe(true);
  });
});

describe("Microsoft Sentinel", () => {
  const id = "73e01a99-5cd7-5139-a149-9f2736ff2ab5";
  const properties = { title: "A title", severity: "Medium", status: "New" };

  async function api(body: string, status = 200) {
    const endpoint = await answering(status, body);
    const audience = "https://management.azure.com";
    return sentinelIncidents({ endpoint, audience, credential: credential(), connection })(
      "/subscriptions/one/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/w",
    );
  }

  test.each(["", "{}", "null", "[]", '{"properties":{},"etag":"1","name":"else"}'])(
    "has written nothing if the answer does not return it (%j)",
    async (body) => {
      const service = await api(body);
      await failureOf(service.put(id, properties, null));
      await failureOf(service.put(id, properties, '"etag"'));
      await failureOf(service.putComment(id, id, "A comment."));
      await failureOf(service.putTask(id, id, { title: "Ask", description: "", status: "New" }));
    },
  );

  test.each(["", "{}", "<!doctype html><p>Not found.</p>"])(
    "has that incident, for all that somebody else's 404 says (%j)",
    async (body) => {
      const error = await failureOf((await api(body, 404)).get(id));
      expect(error.message).toContain("404");
    },
  );

  test.each(["", "{}", "[]", '{"value":{}}'])(
    "is not without tasks if the answer %j is not a list",
    async (body) => {
      expect((await failureOf((await api(body)).taskIds(id))).retryable).toBe(true);
    },
  );
});
