import { first, text, type Fields } from "../../../detection/signin/fields.ts";
import { readSignIn, type Step } from "../../../detection/signin/signIn.ts";

/** A sign-in row with the columns that public rules look at. Texts in lower case, times in epoch milliseconds. */
export interface PeerRow {
  /** The object id, or the principal name if there is no id. */
  readonly user: string;
  readonly name: string | null;
  /** The principal name as the row spells it. */
  readonly spelling: string | null;
  readonly tenantId: string | null;
  readonly resultType: string;
  readonly status: string;
  /** Texts of `AuthenticationDetails`. */
  readonly steps: readonly string[];
  /** The same steps, with the values that distinguish the prompts of a request. */
  readonly prompts: readonly PeerPrompt[];
  readonly address: string | null;
  readonly place: string | null;
  readonly application: string | null;
  readonly userAgent: string | null;
  readonly isMfa: boolean;
  readonly interactive: boolean;
  /** `TimeGenerated`. */
  readonly publishedAt: number;
  /** The time that the rule uses for the row: its publication, unless the rule transforms the rows. */
  readonly placedAt: number;
  /** `CreatedDateTime`. */
  readonly happenedAt: number;
}

/** One step of a row. */
interface PeerPrompt {
  readonly id: string;
  readonly text: string;
  /** `authenticationStepDateTime`; null if there is none. */
  readonly at: number | null;
}

/** Returns null for a row without a user or a time, and for one that has nothing to do with MFA. */
export function readPeerRow(record: Fields): PeerRow | null {
  const signIn = readSignIn(record);
  const { account, origin, resultType, createdAt, generatedAt } = signIn;
  const publishedAt = generatedAt ?? createdAt;
  const requirement = text(first(record, "AuthenticationRequirement", "authenticationRequirement"));
  const isMfa = requirement?.toLowerCase() === "multifactorauthentication";
  const status = signIn.statusText?.toLowerCase() ?? "";
  const steps = signIn.steps.map((step) => step.text.toLowerCase());
  const tells = resultType === "500121" || /mfa|suspicious/.test(status) || steps.some(isMfaText);
  if (account === null || publishedAt === null || !(isMfa || tells)) {
    return null;
  }
  return {
    user: origin.userId ?? account.user,
    name: origin.userName,
    spelling: text(first(record, "UserPrincipalName", "userPrincipalName")),
    tenantId: signIn.tenantId,
    resultType,
    status,
    steps,
    prompts: signIn.steps.map((step) => promptOf(signIn.request, step)),
    address: origin.ipAddress,
    place: origin.location,
    application: origin.application,
    userAgent: origin.userAgent,
    isMfa,
    interactive: signIn.interactive,
    publishedAt,
    placedAt: publishedAt,
    happenedAt: createdAt ?? publishedAt,
  };
}

function promptOf(request: string, { text: said, stepAt }: Step): PeerPrompt {
  return { id: JSON.stringify([request, stepAt]), text: said.toLowerCase(), at: stepAt };
}

function isMfaText(step: string): boolean {
  return /mfa|suspicious/.test(step);
}
