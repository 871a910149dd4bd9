/** Every text of a refused prompt contains one of these. They are for KQL, which has no outcome classes. */
export const refusedWords = [
  "user declined",
  "user denied",
  "reported fraud",
  "fraud code entered",
  "SuspiciousActivityReported",
] as const;

/** Texts of sign-ins in which MFA was satisfied, either now or earlier. */
export const satisfiedWords = [
  "MFA requirement satisfied",
  "MFA successfully completed",
  "MFA completed in Azure AD",
  "remembered device",
] as const;

/** Texts of sign-ins that needed no second factor, because the location or an app password was enough. */
export const waivedWords = ["skipped due to location", "skipped due to app password"] as const;

/** The text of an MFA failure that gives no reason. */
export const unexplainedWords = ["complete the MFA prompt"] as const;
