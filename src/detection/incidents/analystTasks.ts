/** A step for the analyst. */
export interface Task {
  readonly title: string;
  readonly description: string;
}

/** The tasks of an analyst for an incident of this kind. */
export const analystTasks: readonly Task[] = [
  {
    title: "Ask the user by another channel",
    description:
      "Call or meet the user; do not use the account's own mail or chat. Did they start these sign-ins? Did they approve any prompt?",
  },
  {
    title: "Review places, devices and addresses",
    description:
      "Compare the addresses, places, applications and devices of the refused prompts with the user's ordinary sign-ins.",
  },
  {
    title: "Look for successful sign-ins and role changes afterwards",
    description:
      "Successful sign-ins from the same addresses, new authentication methods, role assignments, mailbox rules and consents since the first denial.",
  },
  {
    title: "Decide on protection",
    description:
      "The password is probably known: reset it and revoke the sessions. Consider sign-in risk policies, number matching and blocking the addresses.",
  },
];
