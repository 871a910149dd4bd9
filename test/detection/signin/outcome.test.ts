import { describe, expect, it } from "vitest";

import {
  isDenial,
  isPromptOutcome,
  outcomes,
  promptOutcomes,
  type Outcome,
} from "../../../src/detection/signin/outcome.ts";
import {
  approvalSearch,
  canMeanDenial,
  classifyText,
  meansApproval,
} from "../../../src/detection/signin/outcomeText.ts";

/** Every known text, as a record or a documentation carries it. */
const known: Readonly<Record<Outcome, readonly string[]>> = {
  denied: [
    "MFA denied; user declined the authentication",
    "User declined the authentication",
    "User denied the authentication",
    "User denied the MFA request",
    "The user declined the request",
  ],
  fraudReported: [
    "MFA denied; Phone App Reported Fraud",
    "MFA denied; Fraud Code Entered",
    "SuspiciousActivityReported",
  ],
  wrongNumber: ["MFA denied; user did not select the correct number"],
  noResponse: [
    "MFA denied; user did not respond to mobile app notification",
    "MFA denied; user never entered the verification code",
    "MFA denied; no phone input - timed out",
    "MFA denied; phone call went to voicemail",
    "MFA denied; unable to reach the user's phone",
    "MFA denied; user hung up the phone call without succeeding the authentication",
    "user never entered the verification code",
    "no phone input - timed out",
    "phone call went to voicemail",
    "unable to reach the user's phone",
    "user hung up the phone call without succeeding the authentication",
  ],
  wrongCode: [
    "MFA denied; invalid verification code",
    "MFA denied; user entered incorrect code",
    "MFA denied; invalid mobile app verification code",
    "MFA denied; user entered incorrect PIN",
    "MFA denied; entered incorrect code too many times",
    "MFA denied; verification code already used once",
    "user entered incorrect code",
    "invalid mobile app verification code",
    "user entered incorrect PIN",
    "entered incorrect code too many times",
    "verification code already used once",
  ],
  duplicateAttempt: ["MFA denied; duplicate authentication attempt"],
  blocked: ["MFA denied; user is blocked"],
  technical: [
    "MFA denied; invalid authentication",
    "MFA denied; misconfiguration",
    "MFA denied; service error",
    "MFA denied; user not found",
    "MFA denied; no verification methods registered",
    "MFA denied; unable to send the mobile app notification",
    "MFA denied; phone number has an invalid format",
    "invalid authentication",
    "misconfiguration",
    "service error",
    "user not found",
    "no verification methods registered",
    "unable to send the mobile app notification",
    "phone number has an invalid format",
  ],
  pending: ["Authentication in progress"],
  challengeIssued: [
    "MFA required in Azure AD",
    "registration prompted",
    "MFA has expired due to the policies configured on tenant",
    "MFA claim has expired due to the policies configured on tenant",
    "redirected to external provider",
    "MFA redirected to external provider",
  ],
  approved: ["MFA successfully completed", "MFA completed in Azure AD"],
  satisfiedWithoutPrompt: [
    "MFA requirement satisfied by claim in the token",
    "MFA requirement satisfied by claim provided by external provider",
    "MFA requirement satisfied by strong authentication",
    "MFA requirement skipped due to location",
    "MFA requirement skipped due to registered device",
    "MFA requirement skipped due to remembered device",
    "MFA requirement skipped due to app password",
    "MFA requirement skipped due to Windows broker",
  ],
  firstFactor: ["Correct password", "First factor requirement satisfied by claim in the token"],
  unclassified: [
    "",
    "   ",
    "Other",
    "MFA denied",
    "MFA denied;",
    "MFA denied; something new",
    // It leaks onto the password step of a failed sign-in.
    "Authentication failed during strong authentication request.",
    // Names a refusal and a time-out in one sentence, so it says neither.
    "The user didn't complete the MFA prompt. They may have decided not to authenticate, timed out while doing other work, or has an issue with their authentication setup.",
    // 65004: declining consent to an application is no matter of MFA.
    "User declined to consent to access the app.",
    "User denied consent to the application",
    "Incorrect password",
    "Access was denied by Conditional Access policies; the user may have declined",
    "Verification is not correct; the user was declined elsewhere",
  ],
};

const knownTexts = outcomes.flatMap((outcome) =>
  known[outcome].map((text) => [text, outcome] as const),
);

describe("a text of an MFA step", () => {
  it.each(knownTexts)("%s: %s", (text, outcome) => {
    expect(classifyText(text)).toBe(outcome);
  });

  it.each([
    ["authentication in-progress", "pending"],
    ["MFA denied; user does not have any verification methods registered", "technical"],
    ["MFA denied; phone unreachable", "noResponse"],
    ["MFA denied; user did not respond to push notification", "noResponse"],
    ["MFA completed in the cloud", "approved"],
    ["MFA denied by user", "denied"],
    ["MFA denied (user declined the authentication)", "denied"],
    ["MFA denied (fraud code reported)", "fraudReported"],
    // It may be any of them, so it counts as none, and is shown as an unknown text.
    ["MFA denied", "unclassified"],
    ["MFA denied.", "unclassified"],
  ] as const)("as other sources write it, %s: %s", (text, outcome) => {
    for (const spelt of [text, text.toUpperCase(), ` ${text.replaceAll(" ", "\u00a0")} `]) {
      expect(classifyText(spelt)).toBe(outcome);
    }
    expect(meansApproval(text, "status")).toBe(outcome === "approved");
    if (outcome === "denied" || outcome === "fraudReported" || text.startsWith("MFA denied.")) {
      expect(canMeanDenial(text)).toBe(true);
    }
  });

  it("means the same however it is spelt", () => {
    const spellings = {
      "in lower case": (text: string) => text.toLowerCase(),
      "in upper case": (text: string) => text.toUpperCase(),
      "with hard blanks": (text: string) => text.replaceAll(" ", "\u00a0"),
      "with runs of blanks": (text: string) => text.replaceAll(" ", "  \t "),
      "over two lines": (text: string) => text.replace(" ", "\r\n"),
      "with curly apostrophes": (text: string) => text.replaceAll("'", "’"),
      "with the other curly apostrophe": (text: string) => text.replaceAll("'", "‘"),
      contracted: (text: string) => text.replace("did not", "didn't"),
      "contracted with a curly apostrophe": (text: string) => text.replace("did not", "didn’t"),
      "written out": (text: string) => text.replace("didn't", "did not"),
      "with a full stop": (text: string) => `${text}.`,
      "with a full stop after a blank": (text: string) => `${text} .`,
      "without its full stop": (text: string) => text.replace(/\.$/, ""),
      "with blanks around it": (text: string) => ` \u00a0${text}\n`,
    };
    for (const [text, outcome] of knownTexts) {
      for (const [how, spell] of Object.entries(spellings)) {
        expect(`${text} ${how}: ${classifyText(spell(text))}`).toBe(`${text} ${how}: ${outcome}`);
      }
    }
  });

  it.each([
    "MFA denied; ",
    "MFA Denied, ",
    "MFA denied: ",
    "MFA denied - ",
    "MFA denied. ",
    "MFA denied ",
    "MFA denied;",
    "Azure Multi-Factor Authentication denied; ",
    "Azure Multifactor Authentication denied; ",
    "Multi-factor authentication denied; ",
  ])("means the same after %j", (prefix) => {
    for (const [text, outcome] of knownTexts) {
      if (text.startsWith("MFA denied; ")) {
        expect(classifyText(text.replace("MFA denied; ", prefix))).toBe(outcome);
      }
    }
  });

  it("is not searched for ever", () => {
    const refusal = "MFA denied; user declined the authentication";
    expect(classifyText(`${refusal}${" and so on".repeat(100_000)}`)).toBe("denied");
    expect(classifyText(`${"x".repeat(1_000)}${refusal}; reported fraud`)).toBe("unclassified");
  });

  it("names the feature, and that it was denied, at its start or not at all", () => {
    for (const text of [
      "The MFA denied; user declined the authentication",
      "Note: Multi-Factor Authentication required in Azure AD",
    ]) {
      expect(`${text}: ${classifyText(text)} ${canMeanDenial(text)}`).toBe(
        `${text}: unclassified false`,
      );
    }
  });

  it("is a refusal only where the user is who declined", () => {
    expect(classifyText("user declined")).toBe("denied");
    expect(classifyText("user declinedness")).toBe("unclassified");
    expect(classifyText("the request of the user denied")).toBe("unclassified");
    expect(classifyText("superuser declined the authentication")).toBe("unclassified");
  });
});

describe("whether a text can mean a denial", () => {
  it("so do refusals, fraud reports and what may hide one", () => {
    for (const outcome of ["denied", "fraudReported", "wrongNumber", "duplicateAttempt"] as const) {
      for (const text of known[outcome]) {
        expect(`${text}: ${canMeanDenial(text)}`).toBe(`${text}: true`);
      }
    }
  });

  it("so does MFA denied for a reason that nobody has seen yet, though it stays unclassified", () => {
    for (const text of [
      "MFA denied",
      "MFA denied; something new",
      "Azure Multi-Factor Authentication denied; something new",
    ]) {
      expect(classifyText(text)).toBe("unclassified");
      expect(canMeanDenial(text)).toBe(true);
    }
  });

  it("so does nothing else", () => {
    const classes = ["noResponse", "wrongCode", "blocked", "technical", "pending"] as const;
    const others = [
      "challengeIssued",
      "approved",
      "satisfiedWithoutPrompt",
      "firstFactor",
    ] as const;
    for (const outcome of [...classes, ...others]) {
      for (const text of known[outcome]) {
        expect(`${text}: ${canMeanDenial(text)}`).toBe(`${text}: false`);
      }
    }
    for (const text of known.unclassified.filter((each) => !each.startsWith("MFA denied"))) {
      expect(`${text}: ${canMeanDenial(text)}`).toBe(`${text}: false`);
    }
  });
});

describe("whether a text means an approval", () => {
  it("depends on where it stands", () => {
    expect(meansApproval("MFA successfully completed", "step")).toBe(true);
    expect(meansApproval("mfa\u00a0successfully completed.", "step")).toBe(true);
    expect(meansApproval("MFA completed in Azure AD", "status")).toBe(true);
    expect(meansApproval("MFA completed in Azure AD", "step")).toBe(false);
    expect(meansApproval("MFA successfully completed", "status")).toBe(false);
  });

  it("depends on how it begins", () => {
    expect(meansApproval("MFA completed in Azure AD for this session", "status")).toBe(true);
    expect(meansApproval("No MFA completed in Azure AD", "status")).toBe(false);
  });

  it("can be searched for by a word that is in no other text", () => {
    for (const outcome of outcomes) {
      const found = known[outcome].map((text) => text.toLowerCase().includes(approvalSearch));
      expect(`${outcome}: ${[...new Set(found)].join()}`).toBe(
        `${outcome}: ${outcome === "approved"}`,
      );
    }
  });

  it("is never said of what needed no prompt", () => {
    for (const text of [...known.satisfiedWithoutPrompt, ...known.firstFactor, ""]) {
      expect(meansApproval(text, "step") || meansApproval(text, "status")).toBe(false);
    }
  });
});

describe("the outcome classes", () => {
  it("of prompts are those in which a prompt was put and not passed", () => {
    expect(outcomes.filter(isPromptOutcome)).toEqual(promptOutcomes);
    expect(outcomes.filter((outcome) => !isPromptOutcome(outcome))).toEqual([
      "challengeIssued",
      "approved",
      "satisfiedWithoutPrompt",
      "firstFactor",
      "unclassified",
    ]);
  });

  it("of denials are the refusals and the fraud reports", () => {
    expect(outcomes.filter(isDenial)).toEqual(["denied", "fraudReported"]);
  });
});
