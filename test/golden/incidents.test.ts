/**
 * Whole incidents, as an analyst gets them. A change of the text shows here; `npx vitest run test/golden -u`
 * writes them anew, to be read before they are committed.
 */
import { expect, test } from "vitest";
import type { Rule } from "../../src/detection/rules/rule.ts";
import {
  alice,
  approved,
  bob,
  denied,
  denialRow,
  duplicateAttempt,
  fraudReported,
  noResponse,
  row,
  time,
  wrongNumber,
  type Person,
  type Row,
} from "../builders.ts";
import { Bench, denyThenApprove, explicitDeny, minute, ruleNamed } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import type { FakeService } from "../run/incidents.ts";

const addresses = ["203.0.113.10", "203.0.113.11", "198.51.100.7"];

const place = {
  Location: "DE",
  LocationDetails: { city: "Berlin", countryOrRegion: "DE" },
  UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
};

/** Refusals two minutes apart, from several addresses. */
function refusals(count: number, user: Person = alice, fields: Row = {}, everyMs = 2 * minute) {
  return Array.from({ length: count }, (_, i) =>
    denialRow(time("09:00:13") + i * everyMs, {
      user,
      address: addresses[i % addresses.length] ?? "",
      fields: { ...place, ...fields },
    }),
  );
}

async function incidentsOf(
  rows: readonly Row[],
  rules: readonly Rule[] = [explicitDeny],
  more: readonly ((bench: Bench) => Promise<unknown>)[] = [],
): Promise<FakeService> {
  const bench = new Bench("10:00", publish(rows), { rules });
  const sinks = [bench.serviceSink()];
  await bench.run("10:00", { sinks });
  for (const each of more) {
    await each(bench);
  }
  return bench.service;
}

/** Everything that a portal shows of the incidents. */
function shown({ incidents }: FakeService): string {
  const pages = [...incidents.values()].map(({ properties, tasks, comments }) => {
    const labels = (properties.labels ?? [])
      .map(({ labelName }) => labelName)
      .filter((name) => !name.startsWith("mfa-deny:"));
    return [
      `# ${properties.title}`,
      "",
      `Severity ${properties.severity} · ${properties.status} · ${labels.join(", ")}`,
      `Activity ${properties.firstActivityTimeUtc} to ${properties.lastActivityTimeUtc}`,
      "",
      properties.description,
      "",
      "## Tasks",
      "",
      ...[...tasks.values()].map(({ title, description }) => `- [ ] **${title}** ${description}`),
      "",
      "## Comments",
      "",
      ...[...comments.values()].flatMap((message) => [message, ""]),
      ...(comments.size === 0 ? ["(none)", ""] : []),
    ].join("\n");
  });
  return pages.join("\n---\n\n");
}

const later = { approvedAt: "09:20:40", published: "09:23" };

/** An approval twelve minutes after the last of five refusals. */
function approval(more: { readonly request?: string; readonly address?: string }): Row {
  return row({
    at: later.approvedAt,
    resultType: "0",
    steps: [approved(later.approvedAt)],
    address: "192.0.2.99",
    ...more,
  });
}

test("a plain burst", async () => {
  const beside = [
    row({ at: "09:03:40", steps: [noResponse("09:03:40")] }),
    row({ at: "09:05:40", steps: [noResponse("09:05:40"), duplicateAttempt("09:05:41")] }),
    row({ at: "09:06:40", steps: [wrongNumber("09:06:40")] }),
  ];
  await expect(shown(await incidentsOf([...refusals(5), ...beside]))).toMatchFileSnapshot(
    "incidents/plain-burst.md",
  );
});

test.each([
  ["same-request", approval({ request: "6513270e-269e-0d37-f2a7-aaaaaaaaaaaa" })],
  ["same-address", approval({ address: "203.0.113.11" })],
  ["other", approval({})],
])("approved afterwards, match %s", async (match, approving) => {
  const first = denialRow("08:59:00", {
    request: "6513270e-269e-0d37-f2a7-aaaaaaaaaaaa",
    address: "203.0.113.10",
    fields: place,
  });
  await expect(shown(await incidentsOf([first, ...refusals(5), approving]))).toMatchFileSnapshot(
    `incidents/approved-${match}.md`,
  );
});

test("a fraud report", async () => {
  const report = row({ at: "09:09:30", steps: [fraudReported("09:09:30")], fields: place });
  await expect(shown(await incidentsOf([...refusals(5), report]))).toMatchFileSnapshot(
    "incidents/fraud-report.md",
  );
});

test("500 denials", async () => {
  // Twenty to a sign-in, as an attacker who lets one prompt follow another.
  const rows = Array.from({ length: 25 }, (_, sign) =>
    row({
      at: time("09:00:13") + sign * 20 * 5_000,
      steps: Array.from({ length: 20 }, (__, i) =>
        denied(time("09:00:13") + (sign * 20 + i) * 5_000),
      ),
      address: `203.0.113.${sign + 1}`,
      fields: place,
    }),
  );
  await expect(shown(await incidentsOf(rows))).toMatchFileSnapshot("incidents/500-denials.md");
});

test("a guest", async () => {
  const guest = {
    name: "dana_fabrikam.com#EXT#@contoso.com",
    id: "00000000-0000-0000-0000-00000000da4a",
  };
  await expect(
    shown(await incidentsOf(refusals(5, guest, { UserType: "Guest" }))),
  ).toMatchFileSnapshot("incidents/guest.md");
});

test("hostile strings", async () => {
  const hostile = {
    AppDisplayName: "[Reset password](https://evil.example) <img src=x onerror=alert(1)> | **x**",
    UserAgent: "```\n# Approved by the SOC\n\u202egnp.exe\u0000 </code>",
    LocationDetails: { city: "@everyone www.evil.example", countryOrRegion: "<b>DE</b>" },
  };
  const user = { name: `mallory"|union(*)//\n@contoso.com`, id: alice.id };
  await expect(shown(await incidentsOf(refusals(5, user, hostile)))).toMatchFileSnapshot(
    "incidents/hostile-strings.md",
  );
});

test("two rules on one user", async () => {
  const rules = [explicitDeny, denyThenApprove, ruleNamed("azure-ad-multiple-denied-mfa")];
  const found = await incidentsOf(
    [
      ...refusals(6, bob),
      row({
        at: later.approvedAt,
        user: bob,
        resultType: "0",
        steps: [approved(later.approvedAt)],
        address: "192.0.2.99",
      }),
    ],
    rules,
  );
  expect(found.incidents.size).toBe(1);
  await expect(shown(found)).toMatchFileSnapshot("incidents/two-rules.md");
});

test("approved after closing", async () => {
  const found = await incidentsOf(
    refusals(5),
    [explicitDeny],
    [
      async (bench) => {
        for (const id of bench.service.incidents.keys()) {
          bench.service.edit({ status: "Closed" }, id);
        }
        bench.log.add(publish([approval({ address: "203.0.113.11" })], "10:20"));
        await bench.run("10:30", { sinks: [bench.serviceSink()] });
      },
    ],
  );
  await expect(shown(found)).toMatchFileSnapshot("incidents/approved-after-closing.md");
});

test("grown, under an analyst who lowered its severity", async () => {
  const found = await incidentsOf(
    refusals(5),
    [explicitDeny],
    [
      async (bench) => {
        for (const id of bench.service.incidents.keys()) {
          bench.service.edit({ status: "Active", severity: "Low" }, id);
        }
        bench.log.add(publish([...refusals(7).slice(5), approval({})], "10:20"));
        await bench.run("10:30", { sinks: [bench.serviceSink()] });
      },
    ],
  );
  await expect(shown(found)).toMatchFileSnapshot("incidents/grown-and-lowered.md");
});
