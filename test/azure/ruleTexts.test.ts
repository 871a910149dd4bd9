import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { blobText } from "../../src/azure/blobText.ts";
import { packageText } from "../../src/azure/packageText.ts";
import { connection, credential, failureOf, never, startAnswering } from "./wire.ts";

let stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops) {
    await stop();
  }
  stops = [];
});

async function blobOf(answer: (message: IncomingMessage, response: ServerResponse) => void) {
  const service = await startAnswering(answer);
  stops.push(service.stop);
  return blobText({
    url: `${service.url}/rules/rules.yaml`,
    audience: "https://storage.azure.com",
    credential: credential(),
    connection,
  });
}

describe("the text of a blob", () => {
  test("is read with a token, and again only when it changed", async () => {
    let etag = '"1"';
    const asked: unknown[] = [];
    const blob = await blobOf(({ method, headers }, response) => {
      asked.push([method, headers["x-ms-version"], /^Bearer ./.test(headers.authorization ?? "")]);
      const isSame = headers["if-none-match"] === etag;
      response.writeHead(isSame ? 304 : 200, { etag }).end(isSame ? "" : `# ${etag}`);
    });
    expect([await blob.read(never), await blob.read(never)]).toEqual(['# "1"', null]);
    etag = '"2"';
    expect(await blob.read(never)).toBe('# "2"');
    expect(asked).toEqual([1, 2, 3].map(() => ["GET", "2021-12-02", true]));
    expect(blob.name).toMatch(/\/rules\/rules\.yaml$/);
  });

  test("that may not be read says which role it takes, and nothing of the request", async () => {
    const blob = await blobOf((_, response) => {
      response.writeHead(403, { "x-ms-error-code": "AuthorizationPermissionMismatch" }).end("no");
    });
    const { message } = await failureOf(blob.read(never));
    expect(message).toMatch(/403.*AuthorizationPermissionMismatch|AuthorizationPermissionMismatch/);
    expect(message).toContain("Storage Blob Data Reader");
  });

  test("that is no file of rules any more is not used", async () => {
    const blob = await blobOf((_, response) => response.writeHead(200).end("x".repeat(4_000_001)));
    expect((await failureOf(blob.read(never))).message).toContain("too long for a file of rules");
  });
});

describe("a file in the package", () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "package-"));
    stops.push(() => rmSync(made, { recursive: true }));
    return made;
  };

  test("is read once", async () => {
    const place = folder();
    writeFileSync(join(place, "rules.yaml"), "- id: explicit-mfa-deny\n");
    const text = packageText("rules.yaml", place);
    expect([await text.read(never), await text.read(never)]).toEqual([
      "- id: explicit-mfa-deny\n",
      null,
    ]);
  });

  test("that is not there is asked for again", async () => {
    const place = folder();
    const text = packageText("rules.yaml", place);
    await expect(text.read(never)).rejects.toThrow("ENOENT");
    writeFileSync(join(place, "rules.yaml"), "[]");
    expect(await text.read(never)).toBe("[]");
  });
});
