import type { IncomingMessage } from "node:http";
import { createServer, request as send } from "node:https";
import type { Certificate } from "../../src/local/certificate.ts";
import { close, listen } from "../../src/local/sentinel/listen.ts";

/** Stands between the app and a table service, and counts what passes. A transaction is one request. */
export interface TableProxy {
  readonly requests: readonly string[];
  /** The connection string with this in the table service's place. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

export async function startTableProxy(
  connectionString: string,
  certificate: Certificate,
): Promise<TableProxy> {
  const endpoint = /TableEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? "";
  const { hostname, port, origin } = new URL(endpoint);
  const requests: string[] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (asked, answer) => {
    const { method, url: path, headers } = asked;
    requests.push(`${method} ${path}`);
    const target = { hostname, port, method, path, headers, ca: certificate.cert };
    const forwarded = send(target, (given: IncomingMessage) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    forwarded.on("error", () => answer.destroy());
    asked.pipe(forwarded);
  });
  const own = `https://127.0.0.1:${await listen(server)}`;
  return {
    requests,
    connectionString: connectionString.replace(endpoint, endpoint.replace(origin, own)),
    stop: () => close(server),
  };
}
