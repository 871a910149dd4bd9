import {
  createServer as createPlainServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer } from "node:https";
import type { Certificate } from "../certificate.ts";
import { close, listen } from "./listen.ts";

export interface Served {
  /** The base URL, without a slash at the end. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves requests on loopback, on a port that the system chooses. A request whose handler fails is cut off, unless the
 * server is stopping.
 *
 * @param certificate null: plain http
 */
export async function serve(
  certificate: Pick<Certificate, "cert" | "key"> | null,
  handle: (
    message: IncomingMessage,
    response: ServerResponse,
    stopping: AbortSignal,
  ) => Promise<void>,
): Promise<Served> {
  const stopping = new AbortController();
  const answer = (message: IncomingMessage, response: ServerResponse) => {
    handle(message, response, stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) {
        response.destroy(error instanceof Error ? error : undefined);
      }
    });
  };
  const server =
    certificate === null
      ? createPlainServer(answer)
      : createServer({ cert: certificate.cert, key: certificate.key }, answer);
  const port = await listen(server);
  return {
    url: `${certificate === null ? "http" : "https"}://127.0.0.1:${port}`,
    stop: async () => {
      stopping.abort();
      await close(server);
    },
  };
}
