/**
 * The names of each field in records, first choice first. The keys are the names that detection reads, with nested
 * names joined by a dot. Names compare without case, accents, blanks, `_`, `.`, `-` and the like, so one spelling
 * covers all of them, nested or flattened: `status.errorCode` is also `Status_ErrorCode`. Readers convert others to
 * this one, `explain` shows which was used, and the documentation lists them.
 */
export const fieldNames = {
  TimeGenerated: ["TimeGenerated", "time", "@timestamp", "_time", "event.ingested", "eventTime"],
  CreatedDateTime: ["CreatedDateTime", "createdAt", "Date", "Sign-in date", "Timestamp"],
  ResultType: ["ResultType", "Sign-in error code", "resultCode", "signInResult"],
  ResultDescription: ["ResultDescription"],
  "Status.errorCode": ["status.errorCode", "ErrorCode"],
  "Status.failureReason": ["status.failureReason", "FailureReason"],
  "Status.additionalDetails": [
    "status.additionalDetails",
    "AdditionalDetails",
    "Multifactor authentication result",
    "MFA result",
  ],
  /** "Success", "Failure" or "Interrupted", if the status is a word. */
  StatusWord: ["status", "signInStatus", "event.outcome"],
  AuthenticationDetails: ["AuthenticationDetails", "AuthenticationDetail", "AuthDetails"],
  IsInteractive: ["IsInteractive", "interactive"],
  signInEventTypes: ["signInEventTypes", "LogonType"],
  Category: ["Category"],
  Type: ["Type"],
  Id: ["Id", "Request ID", "signInId"],
  OriginalRequestId: ["OriginalRequestId"],
  CorrelationId: ["CorrelationId"],
  AADTenantId: ["AADTenantId", "azure.tenantId", "tenantId"],
  resourceTenantId: ["resourceTenantId"],
  HomeTenantId: ["HomeTenantId"],
  UserPrincipalName: ["UserPrincipalName", "UPN", "AccountUpn", "Username", "user.email", "user"],
  UserId: ["UserId", "AccountObjectId", "user.objectId", "azureAdUserId"],
  UserDisplayName: ["UserDisplayName", "AccountDisplayName", "user.fullName", "user", "identity"],
  UserType: ["UserType"],
  IsGuestUser: ["IsGuestUser"],
  SignInIdentifier: ["SignInIdentifier"],
  AlternateSignInName: ["AlternateSignInName"],
  IPAddress: [
    "IPAddress",
    "callerIpAddress",
    "source.ip",
    "source.address",
    "client.ip",
    "clientIp",
    "src_ip",
    "ip",
  ],
  AutonomousSystemNumber: ["AutonomousSystemNumber"],
  Location: ["Location", "LocationDetails"],
  "LocationDetails.city": ["LocationDetails.city", "location.city", "City", "source.geo.cityName"],
  "LocationDetails.state": ["LocationDetails.state", "location.state", "source.geo.regionName"],
  "LocationDetails.countryOrRegion": [
    "LocationDetails.countryOrRegion",
    "location.countryOrRegion",
    "Country",
    "countryOrRegion",
    "source.geo.countryIsoCode",
  ],
  "DeviceDetail.deviceId": ["DeviceDetail.deviceId", "DeviceId", "AadDeviceId"],
  "DeviceDetail.displayName": ["DeviceDetail.displayName", "DeviceName"],
  "DeviceDetail.operatingSystem": [
    "DeviceDetail.operatingSystem",
    "OperatingSystem",
    "OSPlatform",
    "OS",
  ],
  "DeviceDetail.browser": ["DeviceDetail.browser", "Browser"],
  "DeviceDetail.isCompliant": ["DeviceDetail.isCompliant", "IsCompliant", "Compliant"],
  "DeviceDetail.isManaged": ["DeviceDetail.isManaged", "IsManaged", "Managed"],
  "DeviceDetail.trustType": ["DeviceDetail.trustType", "DeviceTrustType", "trustType", "Join Type"],
  "MfaDetail.authMethod": ["MfaDetail.authMethod", "Multifactor authentication auth method"],
  "MfaDetail.authDetail": ["MfaDetail.authDetail", "Multifactor authentication auth detail"],
  AppDisplayName: ["AppDisplayName", "Application", "ApplicationName", "app"],
  AppId: ["AppId", "ApplicationId"],
  ResourceDisplayName: ["ResourceDisplayName", "Resource"],
  ResourceIdentity: ["ResourceIdentity", "Resource ID"],
  ClientAppUsed: ["ClientAppUsed", "Client app"],
  UserAgent: ["UserAgent", "userAgent.original"],
  AuthenticationRequirement: ["AuthenticationRequirement"],
  AuthenticationProtocol: ["AuthenticationProtocol"],
  ConditionalAccessStatus: ["ConditionalAccessStatus", "Conditional Access"],
  CrossTenantAccessType: ["CrossTenantAccessType"],
  TokenIssuerType: ["TokenIssuerType"],
  SessionId: ["SessionId"],
  UniqueTokenIdentifier: ["UniqueTokenIdentifier"],
  RiskLevelAggregated: ["RiskLevelAggregated"],
  RiskLevelDuringSignIn: ["RiskLevelDuringSignIn"],
  RiskState: ["RiskState"],
  ServicePrincipalId: ["ServicePrincipalId"],
  ServicePrincipalName: ["ServicePrincipalName"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FieldName = keyof typeof fieldNames;

/** The names of each field of a step of `AuthenticationDetails`, within that field or in separate columns. */
export const stepNames = {
  authenticationStepDateTime: ["authenticationStepDateTime", "stepDateTime", "dateTime", "date"],
  authenticationMethod: ["authenticationMethod", "method"],
  authenticationMethodDetail: ["authenticationMethodDetail", "methodDetail"],
  succeeded: ["succeeded", "success"],
  authenticationStepResultDetail: [
    "authenticationStepResultDetail",
    "stepResultDetail",
    "resultDetail",
  ],
  authenticationStepRequirement: [
    "authenticationStepRequirement",
    "stepRequirement",
    "requirement",
  ],
  StatusSequence: ["StatusSequence"],
  RequestSequence: ["RequestSequence"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type StepName = keyof typeof stepNames;
