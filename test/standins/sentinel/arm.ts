import { createDefaultHttpClient, createPipelineRequest } from "@azure/core-rest-pipeline";
import { makeCertificate } from "../../../standins/certificate.ts";
import {
  startSentinel,
  type Sentinel,
  type SentinelOptions,
} from "../../../standins/sentinel/startSentinel.ts";

export const workspace =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers" +
  "/Microsoft.OperationalInsights/workspaces/sentinel";
export const incidentId = "73e01a99-5cd7-4139-a149-9f2736ff2ab5";
export const noon = Date.parse("2026-03-02T12:00:00Z");

/** The n-th of as many names as a test needs. */
export const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

export const properties = { title: "Denied prompts", severity: "High", status: "New" } as const;

const certificate = makeCertificate();
const client = createDefaultHttpClient();

export interface ArmAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // What a test looks at differs from test to test.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

export interface ArmCall {
  readonly method?: "GET" | "PUT" | "DELETE" | "PATCH";
  /** Below the workspace's incidents, such as `/guid/comments`; a whole path where it names subscriptions. */
  readonly path?: string;
  readonly body?: unknown;
  readonly query?: string;
  readonly token?: string | undefined;
}

/** A stand-in and the way to call it. Its clock stands at noon until a test moves it. */
export async function startArm(options: Partial<SentinelOptions> = {}) {
  const clock = { now: noon };
  const sentinel = await startSentinel({ ...certificate, clock: () => clock.now, ...options });
  return { sentinel, clock, call: (call: ArmCall) => send(sentinel, call) };
}

export type Arm = Awaited<ReturnType<typeof startArm>>;

async function send(sentinel: Sentinel, call: ArmCall): Promise<ArmAnswer> {
  const { method = "GET", path = "", body, query = "api-version=2025-09-01" } = call;
  const token = "token" in call ? call.token : "any";
  const base = `${workspace}/providers/Microsoft.SecurityInsights/incidents`;
  const whole = path.startsWith("/subscriptions") ? path : `${base}${path}`;
  const request = createPipelineRequest({
    url: path.startsWith("https") ? path : `${sentinel.url}${whole}?${query}`,
    method,
  });
  request.tlsSettings = { ca: certificate.cert };
  if (token !== undefined) {
    request.headers.set("authorization", `Bearer ${token}`);
  }
  if (body !== undefined) {
    request.headers.set("content-type", "application/json");
    request.body = typeof body === "string" ? body : JSON.stringify(body);
  }
  const { status, headers, bodyAsText } = await client.sendRequest(request);
  const text = bodyAsText ?? "";
  return { status, headers: headers.toJSON(), text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
