import { expect, test } from "vitest";
import { fingerprintsOf } from "../../src/detection/incidents/fingerprints.ts";
import { claimedBy, undelivered } from "../../src/run/claimedBy.ts";
import type { Delivery, IncidentSink } from "../../src/run/ports.ts";
import { denialRow } from "../builders.ts";
import { incident } from "./incidents.ts";
import { Bench, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const claim = { owner: "a run", until: 1 };
const named = (name: string): IncidentSink => ({
  name,
  deliver: () => Promise.resolve(),
  noteMerge: () => Promise.resolve(),
});
const both = { sinks: [named("sentinel"), named("logs")] };
const printsOf = (revision: number) => fingerprintsOf(incident(revision).text).join(":");

/** The revisions that are remembered after claims of these, while `sent` was sent. */
function remembered(revisions: readonly number[], sent: Delivery["sent"]) {
  const last = revisions.reduce(
    (delivery, revision) => claimedBy(both, claim, delivery, incident(revision)),
    { ...undelivered, sent },
  );
  return Object.keys(last.written ?? {}).map(Number);
}

test("a claim remembers what is about to be written", () => {
  expect(claimedBy(both, claim, undelivered, incident(1))).toEqual({
    sent: {},
    claim,
    written: { 1: printsOf(1) },
  });
});

test("a claim for a note alone changes nothing of it", () => {
  const written = { 3: printsOf(3) };
  const delivery = { sent: { sentinel: 3, logs: 3 }, claim: null, written };
  expect(claimedBy(both, claim, delivery, null)).toEqual({ ...delivery, claim });
});

test("what every sink has left behind is forgotten", () => {
  expect(remembered([1, 2, 3, 4], { sentinel: 3, logs: 3 })).toEqual([3, 4]);
});

test("what one sink may still show is not", () => {
  expect(remembered([1, 2, 3, 4], { sentinel: 2, logs: 4 })).toEqual([2, 3, 4]);
  expect(remembered([1, 2, 3], { logs: 3 })).toEqual([1, 2, 3]);
});

test("of many changes that a sink did not take, the first and the last are kept", () => {
  const revisions = Array.from({ length: 30 }, (_, index) => index + 1);
  expect(remembered(revisions, {})).toEqual([1, ...revisions.slice(-10)]);
});

test("incidents get labels that others have as well, grow, and keep what was edited, over several runs", async () => {
  const bench = new Bench("09:30", publish(refusals("09:00", 5)));
  const sinks = [bench.serviceSink()];
  await bench.run("09:30", { sinks });
  const [id = ""] = bench.service.incidents.keys();
  const shown = () => bench.service.held(id).properties;
  const marks = () =>
    (shown().labels ?? []).map(({ labelName }) => labelName).filter((name) => name.includes(":"));
  expect(marks()).toEqual(["mfa-deny:r1:::::r1"]);
  bench.service.edit({ severity: "Low" }, id);
  bench.log.add(publish([denialRow("09:12")], "09:31"));
  // The service takes the change, and the run never learns of it.
  const lost = [{ ...bench.serviceSink(), name: "service" }].map((sink) => ({
    ...sink,
    async deliver(...asked: Parameters<IncidentSink["deliver"]>) {
      await sink.deliver(...asked);
      throw new Error("the connection broke");
    },
  }));
  await bench.run("09:35", { sinks: lost });
  expect(marks()).toEqual(["mfa-deny:r2:::::r1"]);
  bench.log.add(publish([denialRow("09:14")], "09:36"));
  await bench.run("09:40", { sinks });
  await bench.run("10:40", { sinks });
  expect(marks()).toEqual(["mfa-deny:r3:::::r1"]);
  expect(shown().description).toContain("refused **7 MFA prompts**");
  expect(shown().severity).toBe("Low");
});
