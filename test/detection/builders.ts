/**
 * Builders of what the detector works with after the rows were read. Times are clock times on the day of the rows
 * (`"09:00"`, `"09:00:13.250"`).
 */
import { isFields, type Fields } from "../../src/detection/signin/fields.ts";
import type { Facts, Finding } from "../../src/detection/decisions/finding.ts";
import type { Prompt } from "../../src/detection/prompts/prompt.ts";
import type { RecordedBurst } from "../../src/detection/decisions/record.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import type { Exclusion, Scope } from "../../src/detection/signin/scope.ts";
import { anything, type Selector } from "../../src/detection/signin/selector.ts";
import type { Origin } from "../../src/detection/signin/signIn.ts";
import type { Approval, Sighting } from "../../src/detection/signin/sighting.ts";
import type { Account, RowAccount } from "../../src/detection/signin/account.ts";
import { tenantId, time, type Person } from "../builders.ts";

export const minute = 60_000;

/** The first rule that ships (15 minutes, 5 denials), or another, with some of it changed. */
export function rule(more: Partial<Rule> = {}, id = "explicit-mfa-deny"): Rule {
  const preset = presets.find((each) => each.id === id);
  if (preset === undefined) {
    throw new RangeError(`no such rule: ${id}`);
  }
  return { ...preset, mode: "on", ...more };
}

/** A scope that leaves out what fits the selector. */
export function excluding(of: Partial<Selector>, more: Partial<Omit<Exclusion, "of">> = {}): Scope {
  const exclusion = { of: { ...anything, ...of }, reason: null, owner: null, until: null, ...more };
  return { appliesTo: anything, exclude: [exclusion] };
}

/** A scope of what fits the selector. */
export function onlyFor(of: Partial<Selector>): Scope {
  return { appliesTo: { ...anything, ...of }, exclude: [] };
}

/** The account of somebody whose rows name the id as well. */
export function accountOf({ id, name }: Person): Account {
  return { tenantId, user: id, names: [{ name, seenAt: time("09:00") }] };
}

/** An account of which nothing but a name is known. */
export function named(user: string): RowAccount {
  return { tenantId, user, name: user };
}

/** What a row says that names both. */
export function rowAccountOf({ id, name }: Person): RowAccount {
  return { tenantId, user: id, name };
}

export const nowhere: Origin = {
  userId: null,
  userName: null,
  ipAddress: null,
  location: null,
  application: null,
  appId: null,
  userAgent: null,
  device: null,
  guest: false,
};

/** A refused step with its sequence, of a request of its own, unless told. */
export function sighting(at: string, more: Partial<Sighting> = {}): Sighting {
  return {
    source: "step",
    outcome: "denied",
    at: time(at),
    askedAt: time(at) - 12_000,
    request: `request of ${at}`,
    requestAlias: null,
    requestBy: "original",
    lends: false,
    details: "whole",
    method: "mobile app notification",
    second: Math.floor(time(at) / 1_000),
    publishedAt: time(at) + 2 * minute,
    origin: nowhere,
    ...more,
  };
}

export function prompt(at: string, more: Partial<Sighting> = {}): Prompt {
  const only = sighting(at, more);
  return { outcome: only.outcome, at: only.at, sightings: [only] };
}

export function prompts(...clocks: readonly string[]): readonly Prompt[] {
  return clocks.map((at) => prompt(at));
}

/** A step that approves, of a request and address of its own, unless told. */
export function approval(at: string, more: Partial<Approval> = {}): Approval {
  return {
    source: "step",
    at: time(at),
    request: `request of ${at}`,
    requestAlias: null,
    requestBy: "original",
    ipAddress: "198.51.100.99",
    publishedAt: time(at) + 2 * minute,
    ...more,
  };
}

/** Of five denials from 09:00 to 09:10, the fifth of which triggered. */
export function facts(more: Partial<Facts> = {}): Facts {
  return {
    denials: 5,
    atLeast: false,
    fraudReports: 0,
    firstDenialAt: time("09:00"),
    triggeredAt: time("09:10"),
    lastDenialAt: time("09:10"),
    severity: "Medium",
    approval: null,
    ...more,
  };
}

export function finding(
  more: Partial<Facts> = {},
  evidence: Partial<Finding["evidence"]> = {},
): Finding {
  return {
    rules: [rule()],
    facts: facts(more),
    evidence: {
      userId: "00000000-0000-0000-0000-00000000a11c",
      guest: false,
      ipAddresses: ["203.0.113.10"],
      applications: ["Azure Portal"],
      userAgents: ["Mozilla/5.0"],
      locations: ["Berlin, DE"],
      ...evidence,
    },
    denials: [],
    approvals: [],
    supporting: new Map(),
    context: null,
  };
}

/** A recorded burst from one clock time to another, found by the first rule. */
export function recorded(
  from: string,
  to: string,
  more: Partial<Omit<RecordedBurst, "facts">> & { readonly facts?: Partial<Facts> } = {},
): RecordedBurst {
  return {
    id: `incident of ${from}`,
    firstRecordedAt: time(from),
    extent: { from: time(from), to: time(to) },
    kind: "sliding",
    windowMs: 15 * minute,
    mergedInto: null,
    revision: 1,
    severitySince: 1,
    ...more,
    facts: facts({
      firstDenialAt: time(from),
      triggeredAt: time(to),
      lastDenialAt: time(to),
      ...more.facts,
    }),
  };
}

/** JSON as it comes out of the parser. */
export function parsed(json: string): Fields {
  const value: unknown = JSON.parse(json);
  if (!isFields(value)) {
    throw new TypeError(`not an object: ${json}`);
  }
  return value;
}

/** "09:00:00", with milliseconds where there are some. */
export function clock(at: number): string {
  return new Date(at)
    .toISOString()
    .slice(11, -1)
    .replace(/\.000$/, "");
}
