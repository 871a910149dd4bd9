/**
 * Stands between one process of the app and everything that it sends requests to. Whoever holds a gateway decides
 * about each request: let it pass, hold it, answer in the service's place, or cut the connection before or after
 * the service acted.
 */
import { once } from "node:events";
import {
  Agent as HttpAgent,
  createServer as createHttpServer,
  request as sendHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent, createServer, request as sendHttps } from "node:https";
import type { Certificate } from "../../standins/certificate.ts";
import type { LocalAzure } from "../../standins/localAzure.ts";
import { close, listen } from "../../standins/service/listen.ts";

/** `queue` is what the Functions host sends for the app; all others come from the app's own process. */
export const services = ["table", "queue", "identity", "logs", "sentinel", "ingestion"] as const;

export type Service = (typeof services)[number];

/** A request on its way. */
export interface PassingRequest {
  readonly service: Service;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** From 1, in the order of arrival at this gateway. */
  readonly number: number;
  /** Settles when the answer has been handed on whole, or the connection is gone. */
  readonly answered: Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The connection is cut after so many bytes of the body. */
  readonly cutAfter?: number;
}

/**
 * Decides about a request. `forward` has the service act, every time that it is called, and gives its answer.
 *
 * @returns what the app gets; null: the connection is cut without an answer
 */
export type Handler = (
  request: PassingRequest,
  forward: () => Promise<Answer>,
) => Promise<Answer | null>;

const pass: Handler = (_, forward) => forward();

export interface Gateway {
  /** Everything so far, without bodies. */
  readonly requests: readonly Pick<PassingRequest, "service" | "method" | "path">[];
  /** The app's settings, with this in the place of every service. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the app's process needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Decides about every request that arrives from now on; until then all pass. */
  use(handler: Handler): void;
  stop(): Promise<void>;
}

/** @param onForward called for every request before a service gets it */
export async function startGateway(
  azure: LocalAzure,
  onForward: (request: PassingRequest) => void = () => {},
): Promise<Gateway> {
  const requests: Pick<PassingRequest, "service" | "method" | "path">[] = [];
  let handler = pass;
  const doors: Door[] = [];
  const open = async (service: Service, origin: string) => {
    const door = await openDoor(origin, azure.certificate, (asked, forward) => {
      const { method, path } = asked;
      const number = requests.push({ service, method, path });
      const request = { ...asked, service, number };
      return handler(request, () => {
        onForward(request);
        return forward();
      });
    });
    doors.push(door);
    return door.origin;
  };
  const { azurite, identity, logs, sentinel, ingestion, settings } = azure;
  const tokens = new URL(identity.env.IDENTITY_ENDPOINT);
  const origins = {
    table: await open("table", new URL(azurite.tableUrl).origin),
    queue: await open("queue", new URL(azurite.queueUrl).origin),
    identity: await open("identity", tokens.origin),
    logs: await open("logs", logs.endpoint),
    sentinel: await open("sentinel", sentinel.url),
    ingestion: await open("ingestion", ingestion.url),
  } satisfies Record<Service, string>;
  return {
    requests,
    settings: {
      ...settings,
      STATE_STORAGE: (settings["STATE_STORAGE"] ?? "")
        .replace(new URL(azurite.tableUrl).origin, origins.table)
        .replace(new URL(azurite.queueUrl).origin, origins.queue),
      LOG_ANALYTICS_ENDPOINT: origins.logs,
      AZURE_RESOURCE_MANAGER_ENDPOINT: origins.sentinel,
      FINDINGS_ENDPOINT: origins.ingestion,
    },
    env: { ...identity.env, IDENTITY_ENDPOINT: `${origins.identity}${tokens.pathname}` },
    use(next) {
      handler = next;
    },
    async stop() {
      await Promise.all(doors.map((door) => door.stop()));
    },
  };
}

interface Door {
  readonly origin: string;
  stop(): Promise<void>;
}

type DoorHandler = (
  request: Omit<PassingRequest, "service" | "number">,
  forward: () => Promise<Answer>,
) => Promise<Answer | null>;

/** A server in front of one service, as secure as that one is. */
async function openDoor(target: string, tls: Certificate, handle: DoorHandler): Promise<Door> {
  const isSecure = target.startsWith("https:");
  const agent = isSecure
    ? new Agent({ keepAlive: true, ca: tls.cert })
    : new HttpAgent({ keepAlive: true });
  const serve = (message: IncomingMessage, response: ServerResponse) => {
    // What goes wrong in between looks to the app like a connection that broke.
    answer(message, response).catch(() => response.destroy());
  };
  const server: Server = isSecure
    ? createServer({ cert: tls.cert, key: tls.key }, serve)
    : createHttpServer(serve);

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "/", headers } = message;
    const answered = new Promise<void>((resolve) => response.once("close", resolve));
    const body = await readAll(message);
    const asked = { method, path, headers, body, answered };
    const given = await handle(asked, () => forward(asked));
    if (given === null) {
      response.destroy();
    } else {
      write(response, given);
    }
  }

  async function forward({ method, path, headers, body }: Parameters<DoorHandler>[0]) {
    const send = isSecure ? sendHttps : sendHttp;
    const sent = send(new URL(path, target), { method, headers: framed(headers, body), agent });
    sent.end(body);
    const [given] = (await once(sent, "response")) as [IncomingMessage];
    return {
      status: given.statusCode ?? 502,
      headers: given.headers,
      body: await readAll(given),
    };
  }

  const scheme = isSecure ? "https" : "http";
  return {
    origin: `${scheme}://127.0.0.1:${await listen(server)}`,
    async stop() {
      agent.destroy();
      await close(server);
    },
  };
}

function write(response: ServerResponse, { status, headers, body, cutAfter }: Answer): void {
  response.writeHead(status, framed(headers, body));
  if (cutAfter === undefined) {
    response.end(status === 204 || status === 304 ? undefined : body);
  } else {
    response.write(body.subarray(0, cutAfter), () => response.destroy());
  }
}

/** A body is passed on in one piece, whatever it came in; the connection is each side's own. */
function framed(headers: IncomingHttpHeaders, body: Buffer): IncomingHttpHeaders {
  const own = new Set(["transfer-encoding", "content-length", "connection", "keep-alive"]);
  const kept = Object.entries(headers).filter(([name]) => !own.has(name));
  const length =
    body.length > 0 || "content-length" in headers ? { "content-length": `${body.length}` } : {};
  return { ...Object.fromEntries(kept), ...length };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
