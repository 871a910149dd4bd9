import type { Attempt, Draft, Snapshot } from "./attempt.ts";
import { reasonOf } from "./outcomes.ts";
import {
  noPolicies,
  processingDetails,
  requirementPolicies,
  trustedNetwork,
  accessStatus,
} from "./policies.ts";
import { authenticationDetails } from "./steps.ts";
import { ticks } from "./text.ts";
import type { World } from "./world.ts";

/** A row of `SigninLogs` as an export writes it. Columns without a value are left out. */
export type SigninRow = Readonly<Record<string, unknown>>;

function statusOf(snapshot: Snapshot): unknown {
  const errorCode = Number(snapshot.resultType);
  const failureReason = reasonOf(snapshot.resultType);
  const additionalDetails = snapshot.additionalDetails;
  if (errorCode === 0) {
    return additionalDetails === undefined ? { errorCode } : { errorCode, additionalDetails };
  }
  if (additionalDetails === undefined) {
    return { errorCode, failureReason };
  }
  return { errorCode, failureReason, additionalDetails };
}

function deviceOf(attempt: Attempt): unknown {
  const { operatingSystem, browser, managed } = attempt.client;
  if (!attempt.ownDevice || !managed || attempt.person.guest) {
    return { deviceId: "", operatingSystem, browser };
  }
  return {
    deviceId: attempt.person.deviceId,
    displayName: attempt.person.deviceName,
    operatingSystem,
    browser,
    isCompliant: true,
    isManaged: true,
    trustType: "Azure AD joined",
  };
}

function locationOf({ place }: Attempt): unknown {
  return {
    city: place.city,
    state: place.state,
    countryOrRegion: place.country,
    geoCoordinates: { latitude: place.latitude, longitude: place.longitude },
  };
}

/** Columns that RADIUS and AD FS rows do not have. */
function browserColumns(attempt: Attempt, snapshot: Snapshot): SigninRow {
  if (attempt.flow === "nps" || attempt.flow === "adfs") {
    return {};
  }
  const lastPrompt = snapshot.prompts.at(-1);
  return {
    IsInteractive: attempt.flow === "interactive",
    DeviceDetail: deviceOf(attempt),
    UserAgent: attempt.client.userAgent,
    SessionId: attempt.sessionId,
    ...(lastPrompt === undefined ? {} : { MfaDetail: { authMethod: lastPrompt.method } }),
    ...(attempt.address === attempt.person.office
      ? { NetworkLocationDetails: trustedNetwork }
      : {}),
  };
}

function identityColumns(world: World, attempt: Attempt, snapshot: Snapshot): SigninRow {
  const { person } = attempt;
  return {
    Identity: person.displayName,
    UserDisplayName: person.displayName,
    UserId: person.userId,
    UserPrincipalName: snapshot.upn ?? person.upn,
    AADTenantId: world.tenantId,
    ResourceTenantId: world.tenantId,
    UserType: person.guest ? "Guest" : "Member",
    ...(person.guest
      ? { CrossTenantAccessType: "b2bCollaboration", HomeTenantId: world.partnerTenantId }
      : {}),
    TokenIssuerType: attempt.flow === "adfs" ? "ADFederationServices" : "AzureAD",
    ...(attempt.flow === "adfs"
      ? { TokenIssuerName: "http://sts.contoso.com/adfs/services/trust" }
      : {}),
  };
}

/** Returns one row. `TimeGenerated` is when the log published it, minutes after the sign-in. */
export function rowOf(world: World, { attempt, snapshot, generatedAt }: Draft): SigninRow {
  const short = attempt.flow === "nps" || attempt.flow === "adfs";
  const access = accessStatus(attempt, snapshot);
  return {
    TenantId: world.workspaceId,
    TimeGenerated: ticks(generatedAt),
    ResourceId: `/tenants/${world.tenantId}/providers/Microsoft.aadiam`,
    OperationName: "Sign-in activity",
    OperationVersion: "1.0",
    Category: attempt.flow === "nonInteractive" ? "NonInteractiveUserSignInLogs" : "SignInLogs",
    ResultType: snapshot.resultType,
    ResultSignature: "None",
    ResultDescription: reasonOf(snapshot.resultType),
    DurationMs: 0,
    CorrelationId: attempt.correlationId,
    Level: "4",
    Location: attempt.place.country,
    AppDisplayName: attempt.app.name,
    AppId: attempt.app.id,
    AuthenticationDetails: authenticationDetails(attempt, snapshot),
    AuthenticationProcessingDetails: short ? "[]" : processingDetails,
    AuthenticationRequirement: attempt.mfaRequired
      ? "multiFactorAuthentication"
      : "singleFactorAuthentication",
    AuthenticationRequirementPolicies:
      snapshot.prompts.length > 0 ? requirementPolicies : noPolicies,
    ClientAppUsed: short ? "" : attempt.client.clientApp,
    ConditionalAccessPolicies: world.policies[access],
    ConditionalAccessStatus: access,
    CreatedDateTime: ticks(snapshot.at),
    Id: snapshot.id,
    IPAddress: attempt.address,
    LocationDetails: locationOf(attempt),
    OriginalRequestId: attempt.requestId,
    ProcessingTimeInMilliseconds: String(60 + (snapshot.at % 841)),
    RiskDetail: "none",
    RiskEventTypes: "[]",
    RiskLevelAggregated: "none",
    RiskLevelDuringSignIn: "none",
    RiskState: "none",
    ResourceDisplayName: attempt.app.resource,
    ResourceIdentity: attempt.app.resourceId,
    Status: statusOf(snapshot),
    ...identityColumns(world, attempt, snapshot),
    ...browserColumns(attempt, snapshot),
    UniqueTokenIdentifier: attempt.requestId.replaceAll("-", "").slice(0, 22),
    AutonomousSystemNumber: attempt.place.network,
    Type: "SigninLogs",
  };
}
