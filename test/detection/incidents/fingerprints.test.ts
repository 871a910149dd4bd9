import { expect, test } from "vitest";
import { fingerprint, fingerprintsOf } from "../../../src/detection/incidents/fingerprints.ts";
import type { IncidentText } from "../../../src/detection/incidents/incident.ts";

const text: IncidentText = {
  title: "MFA push attack on alice@contoso.com",
  description: "alice@contoso.com refused 5 prompts.",
  severity: "Medium",
  labels: [],
  firstActivityAt: Date.UTC(2026, 2, 10, 9),
  lastActivityAt: Date.UTC(2026, 2, 10, 9, 4),
};

test("each part that grows has a fingerprint of its own, of what a service returns for it", () => {
  expect(fingerprintsOf(text)).toEqual([
    fingerprint(text.description),
    fingerprint("Medium"),
    // With other digits than we write.
    fingerprint("2026-03-10T09:00:00Z"),
    fingerprint("2026-03-10T09:04:00.0000000Z"),
  ]);
});

test("fingerprints are persisted, so they never change", () => {
  expect(fingerprintsOf(text)).toEqual(["06b41a34", "76700674", "b4c24ae1", "2ad1c261"]);
});

test("a fingerprint changes with its part alone", () => {
  const [description, ...others] = fingerprintsOf(text);
  const grown = fingerprintsOf({ ...text, description: "6 prompts", title: "Other" });
  expect(grown[0]).not.toBe(description);
  expect(grown.slice(1)).toEqual(others);
});
