import type { RegisteredFunction, Trigger } from "./functionApp.ts";
import { readRoute, type Match, type Route } from "./route.ts";
import type { HttpData, TypedData } from "./rpc.ts";

export interface HttpRequest {
  /** Default: GET. */
  readonly method?: string;
  /** A path such as `/api/backfill?dryRun=true`, or a whole address. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to those of `url`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown;
}

/** Keys of the app. Without them no function requires one, as on a developer's machine. */
export interface HttpKeys {
  readonly function?: string;
  readonly master?: string;
}

type HttpTrigger = Extract<Trigger, { type: "http" }>;

interface Door {
  readonly function: RegisteredFunction;
  readonly trigger: HttpTrigger;
  readonly route: Route;
}

export interface Routed {
  readonly function: RegisteredFunction;
  readonly trigger: HttpTrigger;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the function for a request. A path that exists only for other methods is unknown. */
export class Router {
  readonly #doors: readonly Door[];

  constructor(functions: readonly RegisteredFunction[], routePrefix: string) {
    this.#doors = functions.flatMap((registered) => {
      const { trigger } = registered;
      if (trigger.type !== "http") {
        return [];
      }
      return [
        { function: registered, trigger, route: readRoute(`${routePrefix}/${trigger.route}`) },
      ];
    });
  }

  find(method: string, path: string): Routed | undefined {
    const found = this.#doors
      .filter(({ trigger }) => trigger.methods.includes(method))
      .map((door) => ({ door, match: door.route(path) }))
      .filter((one): one is { door: Door; match: Match } => one.match !== undefined)
      .toSorted((a, b) => b.match.fixed - a.match.fixed);
    const [best] = found;
    return best && { ...best.door, params: best.match.params };
  }
}

/** Reports whether the request has the key that the function requires. */
export function isAllowed({ authLevel }: HttpTrigger, data: HttpData, keys: HttpKeys): boolean {
  if (authLevel === "anonymous" || (keys.function ?? keys.master) === undefined) {
    return true;
  }
  const given = data.headers?.["x-functions-key"] ?? data.nullableQuery?.["code"]?.value;
  const good = authLevel === "admin" ? [keys.master] : [keys.function, keys.master];
  return given !== undefined && good.includes(given);
}

export function toHttpData(request: HttpRequest, baseUrl: string): HttpData & { url: string } {
  const url = new URL(request.url, baseUrl);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    url.searchParams.append(name, value);
  }
  const body = toBody(request.body);
  const headers = Object.fromEntries([
    ...(body?.type === undefined ? [] : [["content-type", body.type] as const]),
    ...Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  ]) as Record<string, string>;
  return {
    method: (request.method ?? "GET").toUpperCase(),
    url: url.toString(),
    headers,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    ...(body && { body: { bytes: body.bytes } }),
  };
}

export const nullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

function toBody(body: unknown): { bytes: Uint8Array; type?: string } | undefined {
  if (body === undefined) {
    return undefined;
  }
  if (body instanceof Uint8Array) {
    return { bytes: body };
  }
  if (typeof body === "string") {
    return { bytes: Buffer.from(body), type: "text/plain" };
  }
  return { bytes: Buffer.from(JSON.stringify(body)), type: "application/json" };
}

/** Returns the host's answer for a function's result. Without a result it is 204. */
export function toResponse(value: TypedData | null | undefined): Response {
  const data = value && "http" in value ? value.http : undefined;
  if (!data) {
    return new Response(null, { status: 204, headers: standIn });
  }
  const status = Number(data.statusCode ?? 200);
  const headers = new Headers({ ...data.headers, ...standIn });
  for (const { name, value: text } of data.cookies ?? []) {
    headers.append("set-cookie", `${String(name)}=${encodeURIComponent(String(text))}`);
  }
  const body = data.body && "bytes" in data.body ? data.body.bytes : undefined;
  const empty = [204, 205, 304].includes(status) || !body || body.byteLength === 0;
  return new Response(empty ? null : Buffer.from(body), { status, headers });
}

export const emptyResponse = (status: number) => new Response(null, { status, headers: standIn });

const standIn = { "x-stand-in": "functions-host" };
