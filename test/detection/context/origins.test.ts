import { describe, expect, test } from "vitest";
import { time } from "../../builders.ts";
import { approval, nowhere, prompt } from "../builders.ts";
import {
  ago,
  answer,
  bob,
  denial,
  habit,
  home,
  month,
  request,
  seen,
  strange,
} from "./lookedUp.ts";

const fromHome = { denials: [denial("09:00", home), denial("09:05", home)] };
const hour = 3_600_000;

function verdict(...args: Parameters<typeof answer>) {
  return answer(...args).origins.verdict;
}

describe("the verdict of a burst", () => {
  test("is new if no denial came from a known origin", () => {
    expect(verdict()).toBe("new");
  });

  test("is usual if every denial did, and the approval", () => {
    expect(verdict({}, fromHome)).toBe("usual");
    expect(verdict({}, { ...fromHome, approvals: [approval("09:20", { ipAddress: home })] })).toBe(
      "usual",
    );
  });

  test("is mixed if some did, the approval included", () => {
    expect(verdict({}, { denials: [denial("09:00", home), denial("09:05")] })).toBe("mixed");
    expect(
      verdict({}, { ...fromHome, approvals: [approval("09:20", { ipAddress: strange })] }),
    ).toBe("mixed");
  });

  test("is unknown with less than 7 days of history, not with exactly 7", () => {
    const since = (from: number) => ({
      seen: [seen(from), seen(ago(4))],
      habits: [],
    });
    expect(verdict(since(ago(7)), fromHome)).toBe("usual");
    expect(verdict(since(ago(7) + 1), fromHome)).toBe("unknown");
    expect(answer(since(ago(7) + 1), fromHome).origins.historyDays).toBe(6);
  });

  test("is unknown if the history could not be looked up", () => {
    const { origins } = answer({}, fromHome, { seen: { problem: "failed" } });
    expect(origins).toMatchObject({ verdict: "unknown", historyDays: 0 });
    expect(origins.addresses).toEqual([
      expect.objectContaining({ address: home, known: null, days: 0 }),
    ]);
  });

  test("takes a denial without an address for one from nowhere known", () => {
    expect(verdict({}, { denials: [denial("09:00", null)] })).toBe("new");
  });
});

describe("an address is known", () => {
  const verdictAfter = (times: readonly number[], more = {}) =>
    verdict({ seen: times.map((at) => seen(at, more)) }, fromHome);

  test("after sign-ins on two days, the first at least 3 days before", () => {
    expect(verdictAfter([ago(3), ago(1)])).toBe("usual");
    expect(verdictAfter([ago(3) + 1, ago(1)])).toBe("new");
    expect(verdictAfter([ago(5)])).toBe("new");
    expect(verdictAfter([ago(5), ago(5) + hour])).toBe("new");
  });

  test("by sign-ins of the last 30 days", () => {
    expect(verdictAfter([ago(30), ago(29)])).toBe("usual");
    expect(verdictAfter([ago(31), ago(29)])).toBe("new");
  });

  test("never by what came within 24 hours after a denial", () => {
    const refused = seen(ago(10, "12:00"), { kind: "refused", address: strange });
    const after = (from: number) => [seen(from), seen(ago(5)), refused];
    expect(verdict({ seen: after(ago(10, "12:00") + 24 * hour) }, fromHome)).toBe("new");
    expect(verdict({ seen: after(ago(10, "12:00") + 24 * hour + 1) }, fromHome)).toBe("usual");
    expect(verdict({ seen: after(ago(10, "11:59")) }, fromHome)).toBe("usual");
  });

  test("by the account's own sign-ins, not by others' or by ones from the burst on", () => {
    expect(verdictAfter([ago(10), ago(5)], { names: bob })).toBe("new");
    expect(verdictAfter([ago(10), time("09:00")])).toBe("new");
  });

  test("by its /64 where it is IPv6", () => {
    const from = (address: string) =>
      verdict(
        {
          seen: [
            seen(ago(9), { address: "2001:db8:1:2::aa" }),
            seen(ago(8), { address: "2001:db8:1:2:9::1" }),
          ],
        },
        { denials: [denial("09:00", address)] },
      );
    expect(from("2001:db8:1:2:3:4:5:6")).toBe("usual");
    expect(from("2001:db8:1:3::aa")).toBe("new");
  });

  test("not by sign-ins without an address", () => {
    expect(verdictAfter([ago(9), ago(8)], { address: null })).toBe("new");
  });
});

describe("a joined or compliant device", () => {
  const id = "00000000-0000-0000-0000-0000000000de";
  const onDevice = { device: id, deviceName: "CONTOSO-1" };

  test("makes an origin known from any address", () => {
    const given = {
      seen: [seen(ago(9), { device: id, address: null }), seen(ago(8), { device: id })],
      refused: [request("09:00", onDevice)],
    };
    const unnamed = { ...given, refused: [request("09:00", { device: id })] };
    expect(answer(unnamed, { denials: [denial("09:00")] }).origins.devices[0]?.name).toBeNull();
    const { origins } = answer(given, { denials: [denial("09:00")] });
    expect(origins.verdict).toBe("usual");
    expect(origins.devices).toEqual([{ id, name: "CONTOSO-1", days: 2, known: true }]);
  });

  test("that is not known does not", () => {
    const given = { refused: [request("09:00", onDevice)] };
    expect(verdict(given, { denials: [denial("09:00")] })).toBe("new");
  });
});

test("each address is shown with its days, its place and its network", () => {
  const denials = [denial("09:00"), denial("09:05", home)];
  const approvals = [approval("09:20", { ipAddress: "192.0.2.9" })];
  expect(answer({ refused: [request("09:00")] }, { denials, approvals }).origins.addresses).toEqual(
    [
      { address: "192.0.2.9", days: 0, known: false, location: null, asNumber: null },
      { address: home, days: month.length, known: true, location: "Frankfurt, DE", asNumber: null },
      { address: strange, days: 0, known: false, location: "Frankfurt, DE", asNumber: "64505" },
    ],
  );
});

test("neighbourhood, network, country, browser and application are shown beside it", () => {
  const given = {
    seen: [seen(ago(20), { address: "203.0.113.99" }), seen(ago(19), { address: null })],
    habits: [habit(ago(20), { country: "DE" })],
    refused: [request("09:00", { application: "OfficeHome" }), request("09:05", { browser: null })],
  };
  expect(answer(given).origins.traits).toEqual([
    { kind: "neighbourhood", value: "203.0.113.0/24", known: true },
    { kind: "as-number", value: "64505", known: false },
    { kind: "country", value: "DE", known: true },
    { kind: "browser", value: "Python Requests", known: false },
    { kind: "application", value: "Azure Portal", known: false },
    { kind: "application", value: "OfficeHome", known: true },
  ]);
  const { traits } = answer({ ...given, seen: [], habits: [] }).origins;
  expect(traits.map(({ known }) => known)).toEqual([null, null, null, null, null, null]);
});

test("text that is no address has no neighbours", () => {
  const { origins } = answer(
    { refused: [] },
    { denials: [prompt("09:00", { origin: { ...nowhere, ipAddress: "proxy" } })] },
  );
  expect(origins.traits).toEqual([]);
  expect(origins.verdict).toBe("new");
});
