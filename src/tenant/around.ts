import type { Attempt, Draft } from "./attempt.ts";
import type { PlannedAttack } from "./attacks/plan.ts";
import { attemptOf, draftOf, promptOf, snapshotAfter } from "./drafts.ts";
import { personOf, type Person } from "./people.ts";
import { randomOf, type Random } from "./random.ts";
import { rowOf, type SigninRow } from "./row.ts";
import { ticks } from "./text.ts";
import { dayMs, minuteMs, secondMs } from "./time.ts";
import type { World } from "./world.ts";

/** A row of any table, and the time at which the log service stored it. */
interface StoredRow {
  readonly publishedAt: number;
  readonly row: SigninRow;
}

/** `SigninLogs`: sign-ins of the victims in the month before. */
type AroundTable = "SigninLogs" | "AuditLogs" | "OfficeActivity" | "AADUserRiskEvents";

/** The rows of the logs before and after the attacks, by table, in order of publication. */
export type Around = Readonly<Record<AroundTable, readonly StoredRow[]>>;

/** Days before the first denial on which a victim signed in with MFA. */
const month = [24, 17, 10, 3] as const;
/** The same for a guest who was invited this week: too few days to know what is usual. */
const week = [3, 2] as const;

interface Story extends PlannedAttack {
  readonly world: World;
  readonly victim: Person;
  readonly random: Random;
  /** The request of the last prompt, which is the approval if there is one. */
  readonly last: Attempt;
}

/**
 * Creates the rows around attacks: where users usually sign in from, and what happened afterwards. It changes neither
 * the attacks nor the truth about them.
 */
export function aroundAttacks(world: World, attacked: readonly PlannedAttack[]): Around {
  const stories = attacked.flatMap((attack, index): readonly Story[] => {
    const last = attack.drafts.at(-1)?.attempt;
    return last === undefined
      ? []
      : [
          {
            ...attack,
            world,
            victim: personOf(world.seed, attack.person),
            random: randomOf(world.seed, 6, index),
            last,
          },
        ];
  });
  const events = stories.flatMap(aftermath);
  const table = (name: AroundTable) =>
    events
      .filter((each) => each.table === name)
      .map(({ stored }) => stored)
      .toSorted(byPublication);
  return {
    SigninLogs: stories.flatMap(history).toSorted(byPublication),
    AuditLogs: table("AuditLogs"),
    OfficeActivity: table("OfficeActivity"),
    AADUserRiskEvents: table("AADUserRiskEvents"),
  };
}

function byPublication(a: StoredRow, b: StoredRow): number {
  return a.publishedAt - b.publishedAt;
}

/** Signs in from home and from the office. A traveller signed in from where the attacker is. */
function history(story: Story): readonly StoredRow[] {
  const { world, truth, victim, random, drafts } = story;
  const elsewhere = truth.kind === "rotating-addresses" ? drafts[0]?.attempt : undefined;
  const days = truth.kind === "guest" ? week : month;
  const places: readonly Partial<Attempt>[] = [
    { address: victim.home },
    { address: victim.office },
    ...(elsewhere === undefined ? [] : [{ address: elsewhere.address, place: elsewhere.place }]),
  ];
  return days.flatMap((ago) =>
    places.map((place, index) =>
      storedOf(
        world,
        signIn(victim, truth.firstDenialAt - ago * dayMs + index * minuteMs, random, place),
      ),
    ),
  );
}

/** Returns a sign-in with a prompt that was approved. */
function signIn(person: Person, at: number, random: Random, where: Partial<Attempt>): Draft {
  const attempt = attemptOf(person, at - 20 * secondMs, random, where);
  const prompt = promptOf(at - 12 * secondMs, at, "approved");
  return draftOf(attempt, snapshotAfter(attempt.requestId, [prompt], at + 400), random);
}

function storedOf(world: World, draft: Draft): StoredRow {
  return { publishedAt: draft.publishedAt, row: rowOf(world, draft) };
}

interface Event {
  readonly table: AroundTable;
  readonly stored: StoredRow;
}

/** Returns what the attacker or the user did afterwards; nothing after most attacks. */
function aftermath(story: Story): readonly Event[] {
  const { truth, victim, last } = story;
  const after = (minutes: number) => (truth.approvedAt ?? truth.lastDenialAt) + minutes * minuteMs;
  switch (truth.kind) {
    case "approved":
      return [
        audit(story, after(6), "User registered security info", last.address),
        audit(story, after(11), "Add member to role", last.address, "Exchange Administrator"),
      ];
    case "rotating-addresses":
      return [inboxRule(story, after(8), last.address)];
    case "two-then-approve":
      return [risk(story, after(4), last.address)];
    case "fraud-report":
      return [audit(story, after(1), "Suspicious activity reported", victim.home)];
    // Harmless: a user who changes the password after refusing did the right thing, and another has a new phone.
    case "many":
      return [audit(story, after(30), "Change user password", victim.home)];
    case "late":
      return [audit(story, after(90), "User registered security info", victim.home)];
    default:
      return [];
  }
}

function event(table: AroundTable, at: number, random: Random, row: SigninRow): Event {
  const publishedAt = at + random.between(4 * minuteMs, 15 * minuteMs);
  return { table, stored: { publishedAt, row: { TimeGenerated: ticks(at), ...row, Type: table } } };
}

function audit(
  { world, victim, random }: Story,
  at: number,
  operation: string,
  address: string,
  role: string | null = null,
): Event {
  const { userId: id, upn: userPrincipalName } = victim;
  const modifiedProperties =
    role === null
      ? []
      : [{ displayName: "Role.DisplayName", oldValue: null, newValue: JSON.stringify(role) }];
  return event("AuditLogs", at, random, {
    TenantId: world.workspaceId,
    AADTenantId: world.tenantId,
    ActivityDateTime: ticks(at),
    ActivityDisplayName: operation,
    OperationName: operation,
    Category: role === null ? "UserManagement" : "RoleManagement",
    LoggedByService: role === null ? "Authentication Methods" : "Core Directory",
    Id: random.guid(),
    CorrelationId: random.guid(),
    Result: "success",
    InitiatedBy: { user: { id, userPrincipalName, ipAddress: address } },
    TargetResources: [{ type: "User", id, userPrincipalName, modifiedProperties }],
  });
}

function inboxRule({ world, victim, random }: Story, at: number, address: string): Event {
  return event("OfficeActivity", at, random, {
    TenantId: world.workspaceId,
    RecordType: "ExchangeAdmin",
    OfficeWorkload: "Exchange",
    Operation: "New-InboxRule",
    ResultStatus: "True",
    UserId: victim.upn,
    UserKey: victim.userId,
    ClientIP: `${address}:50514`,
    OfficeObjectId: `${victim.upn}\\invoices`,
    Parameters: JSON.stringify([{ Name: "ForwardTo", Value: "archive@fabrikam.com" }]),
  });
}

function risk({ world, victim, random }: Story, at: number, address: string): Event {
  return event("AADUserRiskEvents", at, random, {
    TenantId: world.workspaceId,
    OperationName: "User Risk Detection",
    Activity: "signin",
    ActivityDateTime: ticks(at),
    DetectedDateTime: ticks(at),
    Id: random.guid(),
    IpAddress: address,
    RiskEventType: "unfamiliarFeatures",
    RiskLevel: "high",
    RiskState: "atRisk",
    UserDisplayName: victim.displayName,
    UserId: victim.userId,
    UserPrincipalName: victim.upn,
  });
}
