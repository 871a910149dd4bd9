import type {
  Campaign,
  Context,
  Followed,
  Spray,
  SuccessAfter,
  UserReport,
} from "../../../src/detection/context/context.ts";
import { time } from "../../builders.ts";

/** Everything was looked up, and nothing was found. */
export const noContext: Context = {
  origins: { verdict: "unknown", historyDays: 0, addresses: [], devices: [], traits: [] },
  password: null,
  spray: null,
  successes: [],
  reports: [],
  followed: [],
  campaign: null,
  gaps: [],
};

/** A sign of a takeover, 20 minutes after the first denial of `finding`. */
export const registered: Followed = {
  at: time("09:20"),
  kind: "security-info",
  what: "User registered security info",
  detail: "Authenticator app",
  by: "alice@contoso.com",
  own: true,
  address: "203.0.113.10",
  meaning: "takeover",
};

export const report: UserReport = {
  at: time("09:12"),
  what: "Suspicious activity reported",
  by: "alice@contoso.com",
};

export const spray: Spray = {
  accounts: 14,
  attempts: 40,
  addresses: ["203.0.113.10"],
  from: time("08:30"),
  to: time("08:45"),
};

export const campaign: Campaign = {
  id: "the-earliest",
  users: 2,
  members: ["bob@contoso.com", "carol@contoso.com"],
  shared: [{ kind: "address", value: "203.0.113.10" }],
};

export const success: SuccessAfter = {
  at: time("09:25"),
  user: "alice@contoso.com",
  own: true,
  by: "address",
  interactive: true,
  ipAddress: "203.0.113.10",
  location: "Berlin, DE",
  application: "Office 365",
  method: "Mobile app notification",
  session: "s1",
};
