import type { CommandHead } from "./command.ts";

/** The general help's entries, in its order. They are in a file of their own so that the help loads no command. */
export const heads = {
  detect: {
    name: "detect",
    operands: "FILE…",
    summary: "Finds bursts of refused MFA prompts in sign-in logs.",
  },
  report: {
    name: "report",
    operands: "FILE…",
    summary:
      "Writes one page for people who do not read logs: who was attacked, where the attacker got in, and what followed.",
  },
  explain: {
    name: "explain",
    operands: "FILE…",
    summary: "Shows why each row counts or not, and what each user's denials lack for a finding.",
  },
  tune: {
    name: "tune",
    operands: "FILE…",
    summary:
      "Shows what every threshold and window would have found in your logs, and chooses one.",
  },
  compare: {
    name: "compare",
    operands: "FILE…",
    summary: "Compares two files of rules, or our rules with public ones, on your logs.",
  },
  rules: {
    name: "rules",
    operands: "[FILE…]",
    summary:
      "Shows the rules that ship or those of a file, checks files of rules, and tests rules.",
  },
  generate: {
    name: "generate",
    operands: "",
    summary:
      "Writes the sign-in log of a made-up tenant, including attacks, and the truth about them.",
  },
  doctor: {
    name: "doctor",
    operands: "",
    summary:
      "Checks a deployment: settings, tokens, roles, tables, lag, sinks; says how to fix each fault.",
  },
} as const satisfies Readonly<Record<string, CommandHead>>;
