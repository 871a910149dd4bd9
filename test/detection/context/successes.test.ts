import { expect, test } from "vitest";
import { methodOf } from "../../../src/detection/context/signInRows.ts";
import { readSignIn } from "../../../src/detection/signin/signIn.ts";
import { time } from "../../builders.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import { approval } from "../builders.ts";
import { ago, answer, bob, contextOf, denial, home, passed, strange } from "./lookedUp.ts";

test("a success from a denial's address or in its session is listed with all its details", () => {
  const rows = [
    passed("09:40", { address: "192.0.2.1", session: "session-1", interactive: false }),
    passed("09:30"),
  ];
  expect(answer({ passed: rows }).successes).toEqual([
    {
      at: time("09:30"),
      user: "alice@contoso.com",
      own: true,
      by: "address",
      interactive: true,
      ipAddress: strange,
      location: "DE",
      application: "OfficeHome",
      method: "mobile app notification",
      session: null,
    },
    expect.objectContaining({ by: "session", ipAddress: "192.0.2.1", interactive: false }),
  ]);
});

test.each([
  ["from elsewhere", { address: "192.0.2.1" }],
  ["without an address", { address: null }],
  ["in another session", { address: null, session: "session-2" }],
  ["before the first denial", { at: time("08:59") }],
  ["more than 24 hours later", { at: ago(-1) + 1 }],
])("a success %s is not listed", (_, more) => {
  expect(answer({ passed: [passed("09:30", more)] }).successes).toEqual([]);
});

test("another account's success counts from a strange address, not from the account's own place", () => {
  const other = (address: string) => [passed("09:30", { names: bob, address })];
  const own = { denials: [denial("09:00", home)] };
  expect(answer({ passed: other(strange) }).successes).toMatchObject([
    { user: "bob@contoso.com", own: false },
  ]);
  expect(answer({ passed: other(home) }, own).successes).toEqual([]);
  expect(answer({ passed: [passed("09:30", { address: home })] }, own).successes).toHaveLength(1);
});

test("the sign-in that an approval allowed is not listed twice", () => {
  const approvals = [approval("09:30", { ipAddress: strange })];
  const told = (rows: readonly ReturnType<typeof passed>[]) =>
    answer({ passed: rows }, { approvals }).successes.length;
  expect(told([passed("09:30:59")])).toBe(0);
  expect(told([passed("09:31:01")])).toBe(1);
  expect(told([passed("09:30", { names: bob })])).toBe(1);
  expect(told([passed("09:30", { address: null, session: "session-1" })])).toBe(1);
});

test("at most 50 are listed, the account's own first", () => {
  const others = Array.from({ length: 60 }, (_, n) =>
    passed("09:20", { names: bob, application: `app ${n}` }),
  );
  const { successes } = answer({ passed: [...others, passed("10:00")] });
  expect(successes).toHaveLength(50);
  expect(successes.filter(({ own }) => own)).toHaveLength(1);
  expect(answer({ passed: [passed("10:00"), ...others.toReversed()] }).successes).toEqual(
    successes,
  );
});

test.each([
  [
    [
      ["Password", true],
      ["Mobile app notification", true],
    ],
    "mobile app notification",
  ],
  [
    [
      ["Password", true],
      ["Text message", false],
    ],
    "password",
  ],
  [[["Previously satisfied", true]], "previously satisfied"],
  [[["", true]], null],
  [[], null],
])("the method of %j is %s", (steps, method) => {
  const details = steps.map(([authenticationMethod, succeeded]) => ({
    authenticationMethod,
    succeeded,
  }));
  expect(methodOf(readSignIn({ AuthenticationDetails: details }))).toBe(method);
});

test("each question about the same denials gets its own answer, and the same again", () => {
  const answerTo = contextOf({ passed: [passed("09:20")] });
  const denials = [denial("09:00")];
  const ask = (at: string, approvals: readonly Approval[] = []) =>
    answerTo({ denials, triggeredAt: time(at), approvals });
  const answered = ask("09:00");
  expect(ask("09:00")).toBe(answered);
  expect(ask("09:10")).not.toBe(answered);
  expect(ask("09:10", [approval("09:20", { ipAddress: strange })])?.successes).toEqual([]);
  expect(ask("09:10", [approval("09:50", { ipAddress: strange })])?.successes).toHaveLength(1);
});
