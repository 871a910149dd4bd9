import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { inspect } from "node:util";
import {
  RestError,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { Connection } from "../../src/azure/connection.ts";
import type { Retries } from "../../src/azure/retry.ts";
import { makeCertificate } from "../../standins/certificate.ts";
import { close, listen } from "../../standins/service/listen.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";

export const certificate = makeCertificate();

/** As in Azure but for the length of the waits. */
export const quick: Retries = {
  attempts: 5,
  firstWaitMs: 1,
  longestWaitMs: 4,
  longestAskedMs: 2_000,
};

export const connection: Connection = {
  tlsOptions: { ca: certificate.cert },
  retries: quick,
  timeoutMs: 5_000,
};

export const never = new AbortController().signal;

/** What no error may ever hold. */
export const secrets = {
  token: "canary-token",
  user: "canary-user@contoso.com",
  text: "canary-text",
} as const;

/** Gives tokens as the stand-ins read them, and remembers for whom they were asked. */
export function credential() {
  const scopes: (string | string[])[] = [];
  return {
    scopes,
    getToken(scope: string | string[]) {
      scopes.push(scope);
      const aud = String(scope).replace("/.default", "");
      const claims = { aud, exp: Math.floor(Date.now() / 1000) + 3_600 };
      const part = Buffer.from(JSON.stringify(claims)).toString("base64url");
      const expiresOnTimestamp = claims.exp * 1000;
      return Promise.resolve({ token: `e30.${part}.${secrets.token}`, expiresOnTimestamp });
    },
  };
}

/** The error that a call ends with, after looking that it gives nothing away. */
export async function failureOf(call: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await call.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  const whole = [inspect(error, { depth: null, showHidden: true }), String(error)].join("\n");
  const told = Object.values(secrets).filter((secret) => whole.includes(secret));
  if (!(error instanceof UpstreamError) || told.length > 0) {
    throw new Error(`tells ${told.join(", ") || "something else"}: ${whole.slice(0, 2_000)}`);
  }
  return error;
}

type Next = (request: PipelineRequest) => Promise<PipelineResponse>;

/** Stands between a client, retries and all, and the service, whose requests it lists as `GET table(…)`. */
export class Tap {
  readonly requests: string[] = [];
  readonly #plans: ((request: PipelineRequest, next: Next) => Promise<PipelineResponse>)[] = [];

  constructor(pipeline: Pipeline) {
    pipeline.addPolicy(
      {
        name: "tap",
        sendRequest: (request, next) => {
          const { pathname } = new URL(request.url);
          this.requests.push(`${request.method} ${pathname.split("/").at(-1) ?? ""}`);
          const plan = this.#plans.shift();
          return plan === undefined ? next(request) : plan(request, next);
        },
      },
      { afterPhase: "Sign" },
    );
  }

  /** The next request is carried out, but its answer gets lost. */
  loseAnswer(): void {
    this.#plans.push(async (request, next) => {
      await next(request);
      throw new RestError("cut", { code: RestError.REQUEST_SEND_ERROR, request });
    });
  }

  /** Something happens before the next request reaches the service. */
  before(happens: () => Promise<unknown>): void {
    this.#plans.push(async (request, next) => {
      await happens();
      return next(request);
    });
  }

  pass(): void {
    this.#plans.push((request, next) => next(request));
  }

  /** Requests since the last call. */
  taken(): readonly string[] {
    return this.requests.splice(0);
  }
}

/** A service that answers everything the same way. */
export async function startAnswering(
  answer: (message: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer(certificate, answer);
  const port = await listen(server);
  return { url: `https://127.0.0.1:${port}`, stop: () => close(server) };
}
