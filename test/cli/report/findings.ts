import { page } from "../../../src/cli/report/page.ts";
import type { Context } from "../../../src/detection/context/context.ts";
import { assess } from "../../../src/detection/decisions/finding.ts";
import type { Prompt } from "../../../src/detection/prompts/prompt.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import type { Reported } from "../../../src/run/detectRecords.ts";
import { prompts, rule } from "../../detection/builders.ts";

interface Made {
  readonly user?: string;
  readonly denials?: readonly Prompt[];
  readonly approvals?: readonly Approval[];
  readonly addresses?: readonly string[];
  readonly context?: Context | null;
}

export function finding({
  user = "alice@contoso.com",
  denials = prompts("09:00", "09:02", "09:04", "09:06", "09:08"),
  approvals = [],
  addresses = ["203.0.113.7"],
  context = null,
}: Made = {}): Reported {
  const facts = {
    ...assess({
      rules: [rule()],
      denials,
      triggeredAt: denials.at(-1)?.at ?? 0,
      approvals,
      context: null,
      before: null,
    }),
    atLeast: false,
  };
  const id = "00000000-0000-0000-0000-000000000001";
  const evidence = {
    userId: null,
    guest: false,
    ipAddresses: addresses,
    applications: ["Azure Portal"],
    userAgents: [],
    locations: [],
  };
  return {
    rule: rule(),
    subject: { rule: rule().id, workspaceId: null, tenantId: null, user },
    // Only the id is shown.
    decision: { burst: { id } },
    finding: { facts, evidence, denials, approvals, supporting: new Map(), context },
  } as unknown as Reported;
}

/** The page of these findings. */
export const made = (findings: readonly Reported[]) =>
  page({
    findings,
    rules: [rule()],
    verdict: "complete",
    coverage: ["96 MFA failures, 88 % with a reason."],
    inputs: [{ path: "logs.json", bytes: 12, sha256: "ab" }],
    run: [["rows", "1234"]],
  });
