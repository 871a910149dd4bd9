import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface AzuriteOptions {
  /** PEM, for 127.0.0.1. Tokens are rejected over plain http. Without them the storage uses http. */
  readonly cert?: string;
  readonly key?: string;
  /** A folder for data that outlives the process. Default: in memory. */
  readonly dataFolder?: string;
  readonly startTimeoutMs?: number;
}

export interface Azurite {
  readonly connectionString: string;
  readonly tableUrl: string;
  readonly queueUrl: string;
  readonly blobUrl: string;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

/** The emulator's only account. Its key is public, printed in Microsoft's documentation. */
export const emulatorAccount = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
} as const;

const require = createRequire(import.meta.url);

const services = ["Blob", "Queue", "Table"] as const;
type Service = (typeof services)[number];

// Loaded into Azurite. Otherwise it would outlive a parent that was killed, and the channel that reports that would
// keep it running when asked to stop.
const leash = `
  process.on("disconnect", () => process.exit());
  process.on("SIGTERM", () => process.channel?.unref());
`;

/**
 * Runs Azurite, Microsoft's emulator of Azure Storage, for tests and the local demonstration: tables, queues and
 * blobs on loopback, over https if there is a certificate. It accepts the account's key, and tokens (claims are
 * checked, signatures are not).
 *
 * @throws Error with Azurite's output if it does not start
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), "azurite-"));
  try {
    const child = await launch(folder, options);
    try {
      const urls = await addresses(child, options.startTimeoutMs ?? 60_000);
      return running(child, folder, urls);
    } catch (error) {
      await end(child);
      throw error;
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function launch(folder: string, { cert, key, dataFolder }: AzuriteOptions) {
  const tls: string[] = [];
  if (cert !== undefined && key !== undefined) {
    const certFile = join(folder, "cert.pem");
    const keyFile = join(folder, "key.pem");
    await writeFile(certFile, cert);
    await writeFile(keyFile, key);
    await chmod(keyFile, 0o600);
    tls.push(`--cert=${certFile}`, `--key=${keyFile}`, "--oauth=basic");
  }
  const program = require.resolve("azurite/dist/src/azurite.js");
  return fork(
    program,
    [
      ...(dataFolder === undefined ? ["--inMemoryPersistence"] : ["--location", dataFolder]),
      "--silent",
      "--disableTelemetry",
      "--skipApiVersionCheck",
      "--blobPort=0",
      "--queuePort=0",
      "--tablePort=0",
      ...tls,
    ],
    {
      cwd: folder,
      // Accounts that somebody configured for their own Azurite would replace the one that callers get.
      env: { ...process.env, AZURITE_ACCOUNTS: undefined },
      execArgv: ["--import", `data:text/javascript,${encodeURIComponent(leash)}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
}

/** `--silent` silences only its access log. The chosen ports are still printed. */
async function addresses(child: ChildProcess, timeoutMs: number): Promise<Record<Service, string>> {
  let printed = "";
  const found = () =>
    Object.fromEntries(
      services.map((service) => {
        const line = new RegExp(`${service} service is successfully listening at (\\S+)`);
        return [service, line.exec(printed)?.[1] ?? ""];
      }),
    ) as Record<Service, string>;

  const ready = new Promise<Record<Service, string>>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      const urls = found();
      if (services.every((service) => urls[service] !== "")) {
        resolve(urls);
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const how = code === null ? String(signal) : `code ${code}`;
      reject(new Error(`Azurite ended (${how}) before it listened.\n${printed.trim()}`));
    });
  });
  const waiting = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: waiting.signal, ref: false }).then(() => {
    throw new Error(`Azurite did not listen within ${timeoutMs} ms.\n${printed.trim()}`);
  });
  late.catch(() => undefined);
  return Promise.race([ready, late]).finally(() => waiting.abort());
}

function running(child: ChildProcess, folder: string, urls: Record<Service, string>): Azurite {
  const { name, key } = emulatorAccount;
  const blobUrl = `${urls.Blob}/${name}`;
  const queueUrl = `${urls.Queue}/${name}`;
  const tableUrl = `${urls.Table}/${name}`;
  return {
    connectionString:
      `DefaultEndpointsProtocol=${new URL(urls.Table).protocol.slice(0, -1)};AccountName=${name};AccountKey=${key};` +
      `BlobEndpoint=${blobUrl};QueueEndpoint=${queueUrl};TableEndpoint=${tableUrl};`,
    blobUrl,
    queueUrl,
    tableUrl,
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks it to stop first, so that a data folder is written, but does not wait for long. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(timer);
}
