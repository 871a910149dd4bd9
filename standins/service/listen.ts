import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Server as AnyServer } from "node:net";

/** Opens a server on loopback, on a port that the system chooses. */
export async function listen(server: AnyServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Does not wait for clients that keep their connection open. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) {
    return;
  }
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
