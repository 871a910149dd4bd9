import { isFields } from "../../detection/signin/fields.ts";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { codeOf, refusedBy } from "../../azure/upstream.ts";
import { UpstreamError } from "../../run/upstreamError.ts";

export const service = { name: "Microsoft Sentinel", role: "Microsoft Sentinel Responder" };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** @throws UpstreamError unless the answer is a success or says whether the resource exists */
export function readAnswer({ status, bodyAsText }: PipelineResponse): Answer {
  let body: unknown;
  try {
    body = JSON.parse(bodyAsText || "null");
  } catch {
    // Without the cause, which quotes the body.
    body = undefined;
  }
  if (status >= 400 && !isExpected(status, errorIn(body))) {
    throw refused(status, body);
  }
  if (status < 400 && body === undefined) {
    throw new UpstreamError(service.name, `${status} with a body that is not JSON`, true);
  }
  return { status, body };
}

/**
 * Reports whether an error says something about the resource itself. The service gives a code with each. A bare 404
 * comes from something in between, and says nothing about the resource. Nor does a 404 about the workspace or its group.
 */
function isExpected(status: number, error: Readonly<Record<string, unknown>>): boolean {
  const code = codeOf(error);
  if (status === 404) {
    return (code === "NotFound" || code === "ResourceNotFound") && !isAboutWorkspace(error);
  }
  return code !== undefined && (status === 409 || status === 412);
}

function isAboutWorkspace({ message }: Readonly<Record<string, unknown>>): boolean {
  return /\bworkspaces\/[^/'"]+['"]/i.test(String(message));
}

export function refused(status: number, body: unknown): UpstreamError {
  const error = errorIn(body);
  return refusedBy(service, status, codeOf(error), hintFor(status, error));
}

/** Returns what to do about it, if that is known. It repeats nothing that the service wrote. */
function hintFor(status: number, error: Readonly<Record<string, unknown>>): string | null {
  if (status === 400 && /not onboarded|onboard(?:ed|ing)? to/i.test(String(error["message"]))) {
    return "Microsoft Sentinel is not switched on for the workspace (az sentinel onboarding-state create, or add it in the portal)";
  }
  return status === 404 && !isExpected(status, error) && codeOf(error) !== undefined
    ? "the workspace that SENTINEL_WORKSPACE_RESOURCE_ID names, or its resource group, is not there"
    : null;
}

function errorIn(body: unknown): Readonly<Record<string, unknown>> {
  return isFields(body) && isFields(body["error"]) ? body["error"] : {};
}
