import type { IncomingMessage } from "node:http";

/** A received request. The token is separate, so that records can be printed. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined if there is none. */
  readonly body: unknown;
}

export interface Received {
  readonly request: ServiceRequest;
  readonly token: string | undefined;
  /** Whether there is a body that is not JSON. */
  readonly unreadable: boolean;
}

export async function receive(message: IncomingMessage): Promise<Received> {
  const body = parse((await readBytes(message)).toString("utf8"));
  return {
    request: { ...headOf(message), body: body.value },
    token: tokenOf(message),
    unreadable: body.unreadable,
  };
}

/** Returns everything of a request but its body. The token is left out. */
export function headOf(message: IncomingMessage): Omit<ServiceRequest, "body"> {
  const url = new URL(message.url ?? "/", "https://127.0.0.1");
  const { authorization: _, ...headers } = message.headers;
  return {
    method: message.method ?? "GET",
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** Returns the bearer token; undefined if there is none. */
export function tokenOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
}

export async function readBytes(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Parses the text of a body. An empty one has no value. */
export function parse(text: string): { value: unknown; unreadable: boolean } {
  if (text === "") {
    return { value: undefined, unreadable: false };
  }
  try {
    return { value: JSON.parse(text), unreadable: false };
  } catch {
    return { value: undefined, unreadable: true };
  }
}
