/** The text of an incident under each verdict on its origin, and with what its context can say. */
import { expect, test } from "vitest";
import type { Context, OriginAddress } from "../../src/detection/context/context.ts";
import { describeIncident } from "../../src/detection/incidents/incident.ts";
import { alice, time } from "../builders.ts";
import { accountOf, approval, finding, nowhere, prompt } from "../detection/builders.ts";
import {
  campaign,
  noContext,
  registered,
  report,
  spray,
  success,
} from "../detection/incidents/contexts.ts";

const origin = {
  ...nowhere,
  ipAddress: "203.0.113.10",
  location: "Berlin, DE",
  application: "Azure Portal",
  userAgent: "Mozilla/5.0",
};

const denials = ["09:00", "09:02", "09:04", "09:06", "09:10"].map((at) => prompt(at, { origin }));

const known: OriginAddress = {
  address: "198.51.100.7",
  known: true,
  days: 14,
  location: "Berlin, DE",
  asNumber: "64500",
};
const strange: OriginAddress = { ...known, address: "203.0.113.10", known: false, days: 0 };

const origins = { ...noContext.origins, historyDays: 30 };

const contexts: Readonly<Record<string, Partial<Context>>> = {
  usual: {
    origins: { ...origins, verdict: "usual", addresses: [{ ...strange, known: true, days: 14 }] },
  },
  new: {
    origins: { ...origins, verdict: "new", addresses: [strange] },
    password: { right: 5, shown: 5, wrongBefore: 3 },
    spray,
  },
  mixed: { origins: { ...origins, verdict: "mixed", addresses: [known, strange] } },
  unknown: {
    origins: { ...origins, historyDays: 3, addresses: [{ ...strange, known: null }] },
    gaps: [{ table: "AuditLogs", problem: "not connected" }],
  },
  takeover: {
    origins: { ...origins, verdict: "new", addresses: [strange] },
    followed: [registered],
    reports: [report],
    successes: [success],
  },
  campaign: {
    origins: { ...origins, verdict: "new", addresses: [strange] },
    campaign: { ...campaign, users: 12 },
  },
};

test.each(Object.entries(contexts))("%s", async (name, context) => {
  const isTakenOver = name === "takeover";
  const approved = approval("09:15", {
    ipAddress: "203.0.113.10",
    details: {
      location: "Berlin, DE",
      application: "Office 365",
      method: "Mobile app notification",
      session: "s1",
    },
  });
  const { title, severity, labels, description } = describeIncident(accountOf(alice), {
    ...finding(
      isTakenOver
        ? { severity: "High", approval: { at: time("09:15"), match: "same-address" } }
        : {},
    ),
    denials,
    approvals: isTakenOver ? [approved] : [],
    context: { ...noContext, ...context },
  });
  const text = [
    `# ${title}`,
    "",
    `Severity ${severity} · ${labels.join(", ")}`,
    "",
    description,
    "",
  ];
  await expect(text.join("\n")).toMatchFileSnapshot(`incidents/context-${name}.md`);
});
