/** The project's packages: pinned, complete, without install scripts, and audited. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { close, listen } from "../../standins/service/listen.ts";
import { timeLimitMs } from "./extent.ts";
import { listed } from "../cases.ts";

interface Locked {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as unknown;
const { packages } = read("package-lock.json") as { packages: Readonly<Record<string, Locked>> };
const manifest = read("package.json") as {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const installed = Object.entries(packages).filter(([path]) => path !== "");
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + 13);

describe("the lock file", () => {
  test("has a strong checksum of every package", () => {
    expect(installed.length).toBeGreaterThan(100);
    const weak = installed.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true);
    expect(weak).toEqual([]);
  });

  test("has no package with an install script", () => {
    const withScripts = installed.filter(([, each]) => each.hasInstallScript === true);
    const refused = withScripts.filter(([path]) => manifest.allowScripts[nameOf(path)] === false);
    expect(refused).toEqual(withScripts);
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  test("has none with a script in what is deployed", () => {
    const deployed = installed.filter(([, { dev }]) => dev !== true);
    expect(deployed.filter(([, each]) => each.hasInstallScript === true)).toEqual([]);
  });

  test("goes with exact versions", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });
});

describe("the audit", () => {
  test("is part of what CI does", () => {
    expect(readFileSync(".ci/run", "utf8")).toMatch(/^node scripts\/audit\.mjs$/m);
    expect(readFileSync("scripts/audit.mjs", "utf8")).toContain("dist/sbom.cdx.json");
  });

  type Reply = (message: IncomingMessage, response: ServerResponse) => void;
  const json = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };

  /** The audit against a registry on this machine; how it ends, and the packages that were asked about. */
  async function audit(reply: Reply) {
    const asked: string[] = [];
    const server = createServer((message, response) => {
      void answer(message, response);
    });
    async function answer(message: IncomingMessage, response: ServerResponse) {
      const chunks: Buffer[] = [];
      for await (const chunk of message) {
        chunks.push(chunk as Buffer);
      }
      if (message.url?.endsWith("/advisories/bulk")) {
        const body = Buffer.concat(chunks);
        const plain = message.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
        asked.push(...Object.keys(JSON.parse(plain.toString("utf8")) as object));
      }
      reply(message, response);
    }
    const port = await listen(server);
    // npm caches advisories.
    const cache = mkdtempSync(join(tmpdir(), "mfa-deny-npm-"));
    const child = spawn(process.execPath, ["scripts/audit.mjs"], {
      env: {
        ...process.env,
        npm_config_registry: `http://127.0.0.1:${port}/`,
        npm_config_cache: cache,
        npm_config_fetch_retries: "0",
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    await close(server);
    rmSync(cache, { recursive: true, force: true });
    return { code: Number(code), out: out.split("\n").at(0), asked };
  }

  const found =
    (severity: string): Reply =>
    (message, response) => {
      const advisory = {
        id: 1,
        url: "https://example.com/advisory",
        title: "made up",
        severity,
        vulnerable_versions: "*",
        cwe: [],
        cvss: { score: 9, vectorString: null },
      };
      if (message.method === "POST") {
        return json(response, 200, { uuid: [advisory] });
      }
      return json(response, 200, { name: "uuid", versions: {}, "dist-tags": {} });
    };

  test.each(listed(["high", "critical"], 1))(
    "fails on what is %s",
    async (severity) => {
      const { code, out } = await audit(found(severity));
      expect(code).toBe(1);
      expect(out).toMatch(new RegExp(`audit: .*\\b1 ${severity}`));
    },
    timeLimitMs,
  );

  test(
    "lets pass what is less, and counts it",
    async () => {
      const { code, out } = await audit(found("moderate"));
      expect([code, out]).toEqual([0, "audit: 0 critical, 0 high, 1 moderate, 0 low."]);
    },
    timeLimitMs,
  );

  test(
    "asks about what is deployed, and about nothing that is for development only",
    async () => {
      const { code, asked, out } = await audit((_, response) => json(response, 200, {}));
      expect([code, out]).toEqual([0, "audit: 0 critical, 0 high, 0 moderate, 0 low."]);
      expect(asked).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
      const { components } = read("dist/sbom.cdx.json") as {
        components: readonly { readonly group?: string; readonly name: string }[];
      };
      const bundled = components.map(({ group, name }) =>
        group === undefined ? name : `${group}/${name}`,
      );
      expect(asked.filter((name) => !bundled.includes(name))).toEqual([]);
    },
    timeLimitMs,
  );

  test.each<[string, Reply]>([
    ["says that it has no such service", (_, response) => json(response, 404, { error: "no" })],
    ["answers something else", (_, response) => response.end("<!doctype html>")],
    ["hangs up", ({ socket }) => socket.destroy()],
  ])(
    "says that nothing was checked where the registry %s",
    async (_, reply) => {
      const { code, out } = await audit(reply);
      expect([code, out]).toEqual([0, "audit: the registry did not answer; not checked."]);
    },
    timeLimitMs,
  );
});
