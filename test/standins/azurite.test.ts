import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureNamedKeyCredential, RestError, TableClient } from "@azure/data-tables";
import { ManagedIdentityCredential } from "@azure/identity";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { emulatorAccount, startAzurite, type Azurite } from "../../standins/azurite.ts";
import { makeCertificate } from "../../standins/certificate.ts";
import { startIdentity } from "../../standins/identity.ts";

const certificate = makeCertificate();
const tlsOptions = { ca: certificate.cert };
const { name, key } = emulatorAccount;

const tableOf = (azurite: Azurite, table: string) =>
  new TableClient(azurite.tableUrl, table, new AzureNamedKeyCredential(name, key), { tlsOptions });

describe("a running Azurite", () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite(certificate);
  }, 60_000);
  afterAll(() => azurite.stop());

  test("listens over https on ports of its own", () => {
    const ports = [azurite.blobUrl, azurite.queueUrl, azurite.tableUrl].map((url) => new URL(url));
    expect(new Set(ports.map(({ port }) => port)).size).toBe(3);
    expect(ports.every(({ protocol, port }) => protocol === "https:" && port !== "0")).toBe(true);
  });

  test("refuses an insert that comes second, and an update of what has changed since", async () => {
    const table = tableOf(azurite, "heads");
    await table.createTable();
    const entity = { partitionKey: "p", rowKey: "r", count: 1 };
    const { etag = "" } = await table.createEntity(entity);
    expect(await codeOf(table.createEntity(entity))).toBe("409 EntityAlreadyExists");
    await table.updateEntity({ ...entity, count: 2 }, "Replace", { etag });
    expect(await codeOf(table.updateEntity({ ...entity, count: 3 }, "Replace", { etag }))).toBe(
      "412 UpdateConditionNotSatisfied",
    );
    expect(await table.getEntity("p", "r")).toMatchObject({ count: 2 });
  });

  test("takes a batch whole or not at all", async () => {
    const table = tableOf(azurite, "batches");
    await table.createTable();
    const create = (rowKey: string) => ["create", { partitionKey: "p", rowKey }] as const;
    await table.submitTransaction([[...create("a")], [...create("b")]]);
    const failed = table.submitTransaction([[...create("c")], [...create("a")]]);
    expect(await codeOf(failed)).toContain("409");
    const keys = [];
    for await (const { rowKey } of table.listEntities()) {
      keys.push(rowKey);
    }
    expect(keys).toEqual(["a", "b"]);
  });

  test("accepts tokens of the identity stand-in", async () => {
    const identity = await startIdentity();
    for (const variable of Object.entries(identity.env)) {
      vi.stubEnv(...variable);
    }
    const credential = new ManagedIdentityCredential({ clientId: crypto.randomUUID() });
    const table = new TableClient(azurite.tableUrl, "byToken", credential, { tlsOptions });
    await table.createTable();
    await table.createEntity({ partitionKey: "p", rowKey: "r" });
    expect(await table.getEntity("p", "r")).toMatchObject({ rowKey: "r" });
    expect(identity.requests).toMatchObject([{ resource: "https://storage.azure.com" }]);
    vi.unstubAllEnvs();
    await identity.stop();
  });
});

test("with a data folder, tables outlive the process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "azurite-data-"));
  const insert = async (rowKey: string) => {
    const azurite = await startAzurite({ ...certificate, dataFolder: folder });
    const table = tableOf(azurite, "kept");
    await table.createTable();
    const answer = await codeOf(table.createEntity({ partitionKey: "p", rowKey }));
    await azurite.stop();
    return answer;
  };
  expect([await insert("r"), await insert("r")]).toEqual(["", "409 EntityAlreadyExists"]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

test("an Azurite that does not start says why", async () => {
  await expect(startAzurite({ cert: "no certificate", key: "no key" })).rejects.toThrow(
    /^Azurite ended \(code 1\) before it listened\.\n[^]*PEM/,
  );
}, 60_000);

test("an Azurite that takes too long is ended", async () => {
  await expect(startAzurite({ ...certificate, startTimeoutMs: 1 })).rejects.toThrow(
    "Azurite did not listen within 1 ms.",
  );
}, 60_000);

test("Azurite ends when its parent is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orphan-"));
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", await parentProgram()], {
    stdio: ["ignore", "pipe", "inherit"],
    // A killed parent tidies nothing up, so its files go where the test does.
    env: { ...process.env, TMPDIR: folder },
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const url = line.toString("utf8").trim();
  expect(await listens(url)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => listens(url), { timeout: 10_000 }).toBe(false);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Empty where it went well. */
async function codeOf(failing: Promise<unknown>): Promise<string> {
  const error: unknown = await failing.then(
    () => "",
    (reason: unknown) => reason,
  );
  if (!(error instanceof RestError)) {
    return String(error);
  }
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return `${error.statusCode ?? ""} ${details?.odataError?.code ?? error.code ?? ""}`;
}

/** Plain Node cannot run TypeScript everywhere, so the parent's program is bundled first. */
async function parentProgram(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { startAzurite } from "./standins/azurite.ts";
        const azurite = await startAzurite(${JSON.stringify(certificate)});
        console.log(azurite.tableUrl);`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    // Evaluated text has no file to resolve packages from.
    define: { "import.meta.url": JSON.stringify(new URL("../../package.json", import.meta.url)) },
  });
  return outputFiles[0]?.text ?? "";
}

async function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const open = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}
