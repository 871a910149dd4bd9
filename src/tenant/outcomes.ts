/** The outcome of an MFA prompt in the generated world. */
export type PromptOutcome =
  | "approved"
  | "denied"
  | "suspiciousActivity"
  | "fraudByPhoneApp"
  | "fraudCode"
  | "wrongNumber"
  | "noResponse"
  | "wrongCode"
  | "duplicate"
  | "blocked"
  | "pending";

/** The texts of the sign-in log, as Microsoft writes them. */
export const stepText = {
  approved: "MFA successfully completed",
  denied: "MFA denied; user declined the authentication",
  suspiciousActivity: "SuspiciousActivityReported",
  fraudByPhoneApp: "MFA denied; Phone App Reported Fraud",
  fraudCode: "MFA denied; Fraud Code Entered",
  wrongNumber: "MFA denied; user did not select the correct number",
  noResponse: "MFA denied; user did not respond to mobile app notification",
  wrongCode: "MFA denied; invalid verification code",
  duplicate: "MFA denied; duplicate authentication attempt",
  blocked: "MFA denied; user is blocked",
  pending: "Authentication in progress",
} satisfies Record<PromptOutcome, string>;

/** `Status.additionalDetails` of rows that say nothing else. */
export const detail = {
  completed: "MFA completed in Azure AD",
  byClaim: "MFA requirement satisfied by claim in the token",
  byProvider: "MFA requirement satisfied by claim provided by external provider",
  required: "MFA required in Azure AD",
  generic:
    "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.",
} satisfies Record<string, string>;

const reasons: Readonly<Record<string, string>> = {
  "0": "",
  "50053":
    "Account is locked because user tried to sign in too many times with an incorrect user ID or password.",
  "50074": "User did not pass the MFA challenge.",
  "50076":
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.",
  "50126": "Invalid username or password or Invalid on-premise username or password.",
  "50140": "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
  "53003": "Access has been blocked due to conditional access policies.",
  "65004": "User declined to consent to access the app.",
  "500011": "The resource principal was not found in the tenant.",
  "500121": "Authentication failed during strong authentication request.",
};

/** Returns `ResultDescription` and `Status.failureReason` of a result type. */
export function reasonOf(resultType: string): string {
  return reasons[resultType] ?? "Other.";
}
