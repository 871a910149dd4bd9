import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TableClient } from "@azure/data-tables";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashKey, rowKeys } from "../../../src/state/table/stateKeys.ts";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { TableState } from "../../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import {
  burst,
  day,
  due,
  dueIds,
  progress,
  record,
  recorded,
  subjectOf,
  wholeDue,
  written,
} from "../../contract/state.ts";
import { alice, tenantId } from "../../builders.ts";
import {
  certificate,
  connection,
  credential,
  failureOf,
  secrets,
  startAnswering,
  Tap,
} from "../../azure/wire.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

let client: TableClient;
let tap: Tap;
let name: string;
let store: TableState;
let other: TableState;
const subject = subjectOf(alice.name);
const identified = subjectOf(alice.id);
const named = { ...identified, aliases: [{ tenantId, user: alice.name }] };

beforeEach(() => {
  name = randomUUID();
  client = connect();
  tap = new Tap(client.pipeline);
  store = new TableState(client, name);
  other = new TableState(connect(), name);
});

function connect(table = "states", storage: { connectionString: string } = azurite): TableClient {
  return connectTable(storage, table, () => credential(), connection);
}

/** A run begins by opening the state, here one that a run before it left. */
async function begin(): Promise<void> {
  await other.saveProgress(progress(1));
  await store.open();
  tap.taken();
}

/** Everything that lies in the store's partition, as the service has it. */
async function rows(): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const queryOptions = { filter: `PartitionKey eq '${hashKey(name)}'` };
  for await (const row of client.listEntities({ queryOptions })) {
    found.push({ ...row });
  }
  tap.taken();
  return found;
}

const headRead: unknown = expect.stringMatching(/^GET states\(Partition.*RowKey='2%7C/);
const nameRead: unknown = expect.stringMatching(/^GET states\(Partition.*RowKey='5%7C/);

describe("requests to the table", () => {
  test("an idle run makes two: everything it begins with, and its watermark", async () => {
    await record(other, subject, burst(1));
    await other.write({ put: [due(subject, burst(1)), due(subject, burst(2))] });
    await other.saveProgress(progress(1));
    await store.open();
    await store.saveProgress(progress(2));
    expect(tap.taken()).toEqual(["GET states()", expect.stringMatching(/^PUT states\(Partition/)]);
    expect(await other.readProgress()).toEqual(progress(2));
  });

  test("a new incident makes three: head, decision, settlement", async () => {
    await begin();
    const head = await store.readHead(identified, -Infinity);
    const item = wholeDue(identified, burst(1));
    const claimed = await written(store, { ...head, bursts: [burst(1)] }, { put: [item] });
    await written(store, claimed, { drop: [item] });
    expect(tap.taken()).toEqual([headRead, "POST $batch", "POST $batch"]);
    expect(await recorded(other, identified)).toEqual([burst(1)]);
  });

  test("a name costs one more per run, for its owner", async () => {
    await begin();
    const head = await store.readHead(named, -Infinity);
    await store.readHead({ ...named, rule: "another" }, -Infinity);
    const item = wholeDue(identified, burst(1));
    const claimed = await written(store, { ...head, bursts: [burst(1)] }, { put: [item] });
    await written(store, claimed, { drop: [item] });
    await store.readHead(named, -Infinity);
    expect(tap.taken()).toEqual([
      headRead,
      nameRead,
      headRead,
      "POST $batch",
      "POST $batch",
      headRead,
    ]);
    expect(await recorded(other, subject)).toEqual([burst(1)]);
  });

  test("a head with an archive makes one more, where the archive matters", async () => {
    await record(other, identified, ...Array.from({ length: 60 }, (_, n) => burst(n)));
    await begin();
    await store.readHead(identified, burst(59).extent.from);
    expect(tap.taken()).toHaveLength(1);
    await store.readHead(identified, burst(3).extent.from);
    expect(tap.taken()).toHaveLength(2);
  });

  test("250 due rows make one to read, and three to write", async () => {
    await other.saveProgress(progress(1));
    const items = Array.from({ length: 250 }, (_, n) => due(subjectOf(`user${n}`), burst(n)));
    await store.write({ put: items });
    expect(tap.taken()).toEqual(["POST $batch", "POST $batch", "POST $batch"]);
    await store.open();
    expect(tap.taken()).toHaveLength(1);
  });
});

describe("the table", () => {
  const fresh = () => {
    const made = connect(`fresh${randomUUID().replaceAll("-", "")}`);
    tap = new Tap(made.pipeline);
    return new TableState(made, name);
  };

  test("is not needed to read", async () => {
    const state = fresh();
    expect(await state.open()).toEqual({ progress: null, due: [] });
    expect((await state.readHead(subject, 0)).version).toBeNull();
    expect(await state.prune(0)).toBe(0);
  });

  test.each([
    ["a watermark", (state: TableState) => state.saveProgress(progress(1))],
    ["a head", (state: TableState) => record(state, subject, burst(1))],
    ["a due row", (state: TableState) => state.write({ put: [due(subject, burst(1))] })],
  ])("is made by the first write of %s", async (_, write) => {
    const state = fresh();
    await write(state);
    expect(tap.taken()).toContain("POST Tables");
    await write(state);
    expect(tap.taken()).not.toContain("POST Tables");
  });

  test("is made by several at once", async () => {
    const table = `fresh${randomUUID().replaceAll("-", "")}`;
    const states = Array.from({ length: 5 }, () => new TableState(connect(table), name));
    await Promise.all(states.map((state, n) => state.saveProgress(progress(n))));
    expect(await states[0]!.readProgress()).toEqual(progress(4));
  });
});

describe("an answer that gets lost on its way", () => {
  test.each([
    ["a new head", identified, [headRead]],
    ["a head that grew", identified, [headRead]],
    ["a new head with a name", named, [headRead, nameRead]],
    ["a head with a name that grew", named, [headRead, nameRead]],
    ["a new head of a name", subject, [nameRead, headRead]],
    ["a head of a name that grew", subject, [nameRead, headRead]],
  ])("of %s is a success", async (which, whose, reads) => {
    const isNewName = reads.includes(nameRead) && !which.endsWith("grew");
    if (which.endsWith("grew")) {
      await record(other, whose, burst(1));
    }
    await begin();
    const head = await store.readHead(whose, -Infinity);
    tap.loseAnswer();
    const change = { head: { ...head, bursts: [burst(2)] }, put: [due(whose, burst(2))] };
    const stored = await store.write(change);
    expect(stored).not.toBe("conflict");
    expect(tap.taken()).toEqual([
      ...reads,
      "POST $batch",
      "POST $batch",
      headRead,
      ...(isNewName ? [nameRead] : []),
    ]);
    expect(await recorded(other, whose)).toEqual([burst(2)]);
    expect(await dueIds(other)).toEqual([burst(2).id]);
    // And what it gave back is what is stored.
    expect(await store.write({ head: stored as typeof head })).not.toBe("conflict");
  });

  test("is none when somebody else was faster", async () => {
    const head = await store.readHead(subject, -Infinity);
    tap.before(() => record(other, subject, burst(1)));
    expect(await store.write({ head: { ...head, bursts: [burst(2)] } })).toBe("conflict");
    expect(await recorded(other, subject)).toEqual([burst(1)]);
  });

  test("of a watermark is a success", async () => {
    await store.saveProgress(progress(1));
    tap.loseAnswer();
    await store.saveProgress(progress(2));
    expect(await other.readProgress()).toEqual(progress(2));
  });

  test("of due rows that were dropped is a success", async () => {
    const items = [due(subject, burst(1)), due(subject, burst(2))];
    await store.write({ put: items });
    tap.loseAnswer();
    expect(await store.write({ drop: items, put: [due(subject, burst(3))] })).toBeNull();
    expect(await dueIds(other)).toEqual([burst(3).id]);
  });
});

test("a change that is overtaken while it finds out what is gone drops nothing", async () => {
  await record(other, subject, burst(1));
  await other.write({ put: [due(subject, burst(2))] });
  const head = await store.readHead(subject, -Infinity);
  // The transaction fails for the row that is gone; before the second, somebody else writes.
  tap.pass();
  tap.pass();
  tap.before(() => record(other, subject, burst(1, { revision: 2 })));
  const drop = [due(subject, burst(1)), due(subject, burst(2))];
  expect(await store.write({ head, drop })).toBe("conflict");
  expect(await dueIds(other)).toEqual([burst(2).id]);
});

describe("records of the version before, which knew an account by one name", () => {
  /** As that version left them: no row says whose a name is, and none which version this is. */
  beforeEach(async () => {
    await record(other, subject, burst(1));
    await other.saveProgress(progress(1));
    for (const { partitionKey, rowKey, version: _, ...row } of await rows()) {
      const key = { partitionKey: String(partitionKey), rowKey: String(rowKey) };
      if (key.rowKey.startsWith("5|")) {
        await client.deleteEntity(key.partitionKey, key.rowKey);
      } else if (key.rowKey.startsWith("0|")) {
        const d0 = JSON.stringify(progress(1));
        await client.updateEntity({ ...key, ...row, d0 }, "Replace");
      }
    }
    tap.taken();
  });

  test("are the id's, for all who read at once", async () => {
    // Where all of them look for the version first, the fourth request is for the records, and slow.
    tap.pass();
    tap.pass();
    tap.pass();
    tap.before(() => sleep(300));
    const heads = await Promise.all([1, 2, 3].map(() => store.readHead(named, -Infinity)));
    expect(heads.map(({ bursts }) => bursts)).toEqual([[burst(1)], [burst(1)], [burst(1)]]);
  });

  describe("by one rule each", () => {
    const ofRule = { ...subject, rule: "mfa-deny-then-approve" };
    const found = { ...burst(2), rules: ["mfa-deny-then-approve"] };

    beforeEach(async () => {
      // As that version wrote them: the store of today would lead to the family.
      const before = new TableState(connect(), name);
      await record(before, { ...subject, rule: "placeholder" }, burst(2));
      for (const row of await rows()) {
        const head = String(row["d0"]).includes("placeholder");
        if (head && String(row["rowKey"]).startsWith("2|")) {
          const { partitionKey, etag: _, timestamp: __, ...rest } = row;
          const d0 = String(row["d0"]).replaceAll("placeholder", ofRule.rule);
          const key = { partitionKey: String(partitionKey), rowKey: rowKeys.head(ofRule) };
          await client.createEntity({ ...rest, ...key, d0 });
          await client.deleteEntity(key.partitionKey, String(row["rowKey"]));
        } else if (String(row["rowKey"]).startsWith("5|")) {
          await client.deleteEntity(String(row["partitionKey"]), String(row["rowKey"]));
        }
      }
      const item = due(ofRule, burst(2));
      const key = { partitionKey: hashKey(name), rowKey: rowKeys.due(item) };
      await client.createEntity({ ...key, d0: JSON.stringify(item) });
      tap.taken();
    });

    test("are the family's, with what is due for them", async () => {
      const { due: read } = await store.open();
      const head = await store.readHead(named, -Infinity);
      expect(head.bursts).toEqual([burst(1), found]);
      // What a run read before leads to the family, too.
      const [item] = read;
      expect((await store.readHead(item!.subject, -Infinity)).bursts).toEqual([burst(1), found]);
      await store.saveProgress(progress(2));
      const { due: left } = await new TableState(connect(), name).open();
      expect(left.map((each) => [each.burstId, each.subject.rule])).toEqual([
        [burst(2).id, "explicit-mfa-deny"],
      ]);
    });

    test("are the family's once, when several runs move them", async () => {
      await Promise.all([store.open(), new TableState(connect(), name).open()]);
      expect((await store.readHead(named, -Infinity)).bursts).toEqual([burst(1), found]);
    });
  });

  test("are the id's after a first attempt that failed", async () => {
    tap.pass();
    tap.before(() => Promise.reject(new Error("no answer")));
    await expect(store.open()).rejects.toThrow();
    await store.open();
    expect((await store.readHead(named, -Infinity)).bursts).toEqual([burst(1)]);
  });
});

test("a watermark that others keep moving is given up on, and says so", async () => {
  let to = 1;
  await other.saveProgress(progress(to));
  for (let request = 0; request < 40; request++) {
    tap.before(() => other.saveProgress(progress(++to)));
  }
  const { message, retryable } = await failureOf(store.saveProgress(progress(1_000)));
  expect([message, retryable]).toEqual([
    "state table: other runs keep changing the watermark",
    true,
  ]);
});

describe("rows", () => {
  const longName = "🔐漢".repeat(333);
  const many = Array.from({ length: 300 }, (_, n) => burst(n));

  test("stay within the limits of the service, whatever their number and content", async () => {
    const long = subjectOf(longName);
    await record(store, long, ...many);
    for (const each of many.slice(0, 50)) {
      await store.write({ put: [wholeDue(long, each)] });
    }
    const { description: text } = wholeDue(long, burst(1)).incident!.text;
    const { incident, ...item } = wholeDue(long, burst(1));
    const huge = { ...incident!, change: text.repeat(40) };
    await store.write({ put: [{ ...item, incident: huge }] });
    for (const row of await rows()) {
      const sizes = Object.values(row).map((value) => 2 * String(value).length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
      // A lone half of a surrogate pair would come back as another character.
      const values = Object.values(row).map(String);
      expect(values.map((value) => Buffer.from(value).toString())).toEqual(values);
    }
    expect(await recorded(other, long)).toEqual(many);
    const found = (await other.open()).due.find(({ burstId }) => burstId === burst(1).id);
    expect(found).toEqual({ ...item, incident: huge });
  });

  test("a change that does not fit a row is refused before anything is stored", async () => {
    const { incident, ...item } = wholeDue(subject, burst(1));
    const endless = { ...incident!, change: "x".repeat(500_000) };
    const change = store.write({ put: [{ ...item, incident: endless }] });
    await expect(change).rejects.toThrow(
      /^a state row of \d+ characters does not fit into a table row/,
    );
    expect(await dueIds(other)).toEqual([]);
  });

  test("settled bursts lie in rows of their own, and a head stays small", async () => {
    await record(store, subject, ...many);
    const found = await rows();
    const [head, ...archive] = found.toSorted((a, b) =>
      String(a["rowKey"]).localeCompare(String(b["rowKey"])),
    );
    expect(String(head!["d0"]).length).toBeLessThan(25_000);
    expect(archive.length).toBeGreaterThan(5);
  });

  test("what was archived is not archived again with every write", async () => {
    let head = await record(store, subject, ...many);
    const before = (await rows()).length;
    for (let n = 0; n < 5; n++) {
      head = await written(store, head);
    }
    await written(store, await other.readHead(subject, -Infinity));
    expect((await rows()).length).toBe(before);
  });

  test("leave with their bursts, the head last", async () => {
    await record(store, identified, ...many);
    expect(await store.prune(burst(299).extent.to)).toBe(299);
    expect(await rows()).toHaveLength(1);
    expect(await store.prune(burst(300).extent.to)).toBe(1);
    expect(await rows()).toEqual([]);
  });

  test("with the owner of a name are removed a day after its last burst", async () => {
    await record(store, named, burst(1));
    const isName = ({ rowKey }: Record<string, unknown>) => String(rowKey).startsWith("5|");
    expect((await rows()).filter(isName)).toHaveLength(1);
    expect(await store.prune(burst(1).extent.to + day)).toBe(1);
    const left = await rows();
    expect([left.length, left.filter(isName).length]).toEqual([1, 1]);
    expect(await store.prune(burst(1).extent.to + day + 1)).toBe(0);
    expect(await rows()).toEqual([]);
  });

  test("have no name in their keys", async () => {
    await record(store, subjectOf(secrets.user), burst(1));
    await store.write({ put: [due(subjectOf(secrets.user), burst(1))] });
    const keys = (await rows()).map(({ partitionKey, rowKey }) =>
      [partitionKey, rowKey].map(String).join(" "),
    );
    expect(keys.join("\n")).not.toContain("canary");
    expect(keys.every((key) => /^[\da-f]{32} [\w|-]+$/.test(key))).toBe(true);
  });

  test("that are damaged are named, without their content", async () => {
    await record(store, subjectOf(secrets.user), burst(1));
    const row = (await rows()).find(({ d0 }) => String(d0).includes(secrets.user))!;
    const { partitionKey, rowKey } = row as { partitionKey: string; rowKey: string };
    const d0 = `${secrets.text} {`;
    await client.updateEntity({ partitionKey, rowKey, d0 }, "Replace");
    await expect(store.readHead(subjectOf(secrets.user), 0)).rejects.toThrow(
      new Error(`the state row ${rowKey} is damaged: it is not JSON; delete it, or restore it`),
    );
  });
});

describe("a table that cannot be used", () => {
  test.each([
    [
      403,
      "AuthorizationPermissionMismatch",
      /^state table: 403 Auth\w+: the identity lacks the role Storage Table Data Contributor$/,
      false,
    ],
    [
      401,
      "InvalidAuthenticationInfo",
      /^state table: 401 Inv\w+: the token was not accepted$/,
      true,
    ],
    [400, "OutOfRangeInput", /^state table: 400 OutOfRangeInput$/, false],
    [503, "ServerBusy", /^state table: 503 ServerBusy$/, true],
    [500, secrets.text.repeat(9), /^state table: 500$/, true],
  ])("that answers %d %s is reported as that", async (status, code, expected, retryable) => {
    const service = await startAnswering((_, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      const message = { lang: "en-US", value: Object.values(secrets).join() };
      response.end(JSON.stringify({ "odata.error": { code, message } }));
    });
    const storage = { tableServiceUri: service.url };
    const refusing = connectTable(storage, "states", () => credential(), connection);
    const state = new TableState(refusing, name);
    const calls = [
      () => state.open(),
      () => state.readHead(subjectOf(secrets.user), 0),
      () => state.write({ put: [due(subjectOf(secrets.user), burst(1))] }),
      () => state.saveProgress(progress(1, { lastError: secrets.text })),
    ];
    for (const call of calls) {
      const error = await failureOf(call());
      expect(error.message).toMatch(expected);
      expect(error.retryable).toBe(retryable);
    }
    await service.stop();
  });

  test("is reported as not answering, after every attempt", async () => {
    const nowhere = { connectionString: azurite.connectionString.replace(/:\d+\/dev/g, ":1/dev") };
    const gone = connect("states", nowhere);
    const attempts = new Tap(gone.pipeline);
    const { message, retryable } = await failureOf(new TableState(gone, name).open());
    expect([message, retryable]).toEqual(["state table: no usable answer (ECONNREFUSED)", true]);
    expect(attempts.requests).toHaveLength(5);
  });
});
