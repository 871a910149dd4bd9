import { actionsOf, type Role } from "./roles.ts";
import type { ServiceRequest } from "./service/request.ts";

/** The parts of a deployment that Azure Resource Manager shows. Tests change it to create a fault. */
export interface Deployment {
  /** Plan of the table `SigninLogs`. */
  plan: string;
  /** Whether Microsoft Sentinel is switched on. */
  onboarded: boolean;
  /** Data collection rules of the subscription. */
  collectionRules: readonly {
    readonly immutableId: string;
    readonly streams: readonly string[];
  }[];
  /** Scheduled analytics rules of the workspace. */
  analyticsRules: readonly { readonly query: string; readonly enabled: boolean }[];
  /** Added to the clock in the header `Date`, in milliseconds. */
  clockOffMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Answers the requests to Azure Resource Manager that `mfa-deny doctor` makes besides incidents: subscriptions, a
 * table's plan, onboarding, the caller's permissions, data collection rules and analytics rules.
 *
 * @returns undefined for any other path
 */
export function manage(
  deployment: Deployment,
  { method, path }: ServiceRequest,
  roles: readonly Role[],
): Answer | undefined {
  if (method !== "GET") {
    return undefined;
  }
  const answer = (properties: object) => ({ status: 200, body: { properties } });
  const list = (each: readonly object[]) => ({
    status: 200,
    body: { value: each.map((properties) => ({ properties })) },
  });
  if (/^\/subscriptions\/?$/i.test(path)) {
    return { status: 200, body: { value: [] } };
  }
  if (/\/tables\/SigninLogs$/i.test(path)) {
    return answer({ plan: deployment.plan });
  }
  if (/\/onboardingStates\/default$/i.test(path)) {
    return deployment.onboarded ? answer({}) : notFound;
  }
  if (/\/Microsoft\.Authorization\/permissions$/i.test(path)) {
    return { status: 200, body: { value: [{ actions: actionsOf(roles), notActions: [] }] } };
  }
  if (/\/Microsoft\.Insights\/dataCollectionRules$/i.test(path)) {
    return list(
      deployment.collectionRules.map(({ immutableId, streams }) => ({
        immutableId,
        streamDeclarations: Object.fromEntries(streams.map((stream) => [stream, {}])),
      })),
    );
  }
  return /\/alertRules$/i.test(path) ? list(deployment.analyticsRules) : undefined;
}

const notFound: Answer = {
  status: 404,
  body: { error: { code: "NotFound", message: "The onboarding state does not exist." } },
};
