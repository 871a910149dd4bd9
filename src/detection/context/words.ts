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

/** The ResultType of a wrong password. */
export const wrongPassword = "50126";

/** Every row with that ResultType contains one of these, whether it is text, a number, or one with an exponent. */
export const wrongPasswordSearch = ["50126", "5.0126", "50.126", "501.26", "5012.6"] as const;

/** The text of an MFA failure that gives no reason. */
export const unexplainedWords = ["complete the MFA prompt"] as const;
