type ColumnType = "string" | "datetime" | "long" | "real" | "bool" | "dynamic";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Columns of `SigninLogs` that are not text. */
const types: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ["TimeGenerated", "datetime"],
  ["DurationMs", "long"],
  ["AppliedEventListeners", "dynamic"],
  ["ConditionalAccessPolicies", "dynamic"],
  ["CreatedDateTime", "datetime"],
  ["DeviceDetail", "dynamic"],
  ["IsInteractive", "bool"],
  ["IsRisky", "bool"],
  ["LocationDetails", "dynamic"],
  ["MfaDetail", "dynamic"],
  ["Status", "dynamic"],
  ["FlaggedForReview", "bool"],
  ["IsTenantRestricted", "bool"],
  ["IsThroughGlobalSecureAccess", "bool"],
  ["TokenProtectionStatusDetails", "dynamic"],
  ["Agent", "dynamic"],
  ["_BilledSize", "real"],
]);

/** `TenantId` is in every table of a workspace. The others are in the order of the table. */
const everyName = `
  TenantId SourceSystem TimeGenerated ResourceId OperationName OperationVersion Category
  ResultType ResultSignature ResultDescription DurationMs CorrelationId Resource ResourceGroup
  ResourceProvider Identity Level Location AlternateSignInName AppDisplayName AppId
  AuthenticationContextClassReferences AuthenticationDetails AppliedEventListeners
  AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationRequirement
  AuthenticationRequirementPolicies ClientAppUsed ConditionalAccessPolicies
  ConditionalAccessStatus CreatedDateTime DeviceDetail IsInteractive Id IPAddress IsRisky
  LocationDetails MfaDetail NetworkLocationDetails OriginalRequestId
  ProcessingTimeInMilliseconds RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated
  RiskLevelDuringSignIn RiskState ResourceDisplayName ResourceIdentity
  ResourceServicePrincipalId ServicePrincipalId ServicePrincipalName Status TokenIssuerName
  TokenIssuerType UserAgent UserDisplayName UserId UserPrincipalName AADTenantId UserType
  FlaggedForReview IPAddressFromResourceProvider SignInIdentifier SignInIdentifierType
  ResourceTenantId HomeTenantId UniqueTokenIdentifier SessionId SessionLifetimePolicies
  AutonomousSystemNumber AuthenticationProtocol CrossTenantAccessType
  AuthenticationAppDeviceDetails AuthenticationAppPolicyEvaluationDetails ClientCredentialType
  FederatedCredentialId GlobalSecureAccessIpAddress HomeTenantName IncomingTokenType
  IsTenantRestricted IsThroughGlobalSecureAccess OriginalTransferMethod
  TokenProtectionStatusDetails AppOwnerTenantId ResourceOwnerTenantId Agent SourceAppClientId
  ConditionalAccessAudiences AuthenticatorAppLocation AppliedConditionalAccessPolicies RiskLevel
  Type _IsBillable _BilledSize
`;

export const everyColumn: readonly Column[] = everyName
  .trim()
  .split(/\s+/)
  .map((name) => ({ name, type: types.get(name) ?? "string" }));
