/** Queries that wait for minutes, because others ask more of the log service than it answers at once. */
import { beforeEach, expect, test } from "vitest";
import { runDetection } from "../../src/run/runDetection.ts";
import { bob, time } from "../builders.ts";
import { Bench, minute, never, refusals, userOf } from "./bench.ts";
import { publish } from "./fakeLog.ts";

let bench: Bench;
beforeEach(() => {
  bench = new Bench("09:30", publish([...refusals("09:00", 5), ...refusals("09:02", 6, bob)]));
  bench.log.before = async () => {
    const until = bench.now + 3 * minute;
    await Promise.resolve();
    bench.now = Math.max(bench.now, until);
  };
});

/** The users of the incidents there are, each with the number of denials that its incident counts. */
const told = () =>
  [...bench.service.incidents.keys()]
    .map((id) => {
      const { title, description } = bench.service.held(id).properties;
      return `${userOf(title)} ${/\d+ MFA prompts/.exec(description ?? "")?.[0]}`;
    })
    .toSorted();

const both = ["alice 5 MFA prompts", "bob 6 MFA prompts"];

test("a run sends what it found after queries that waited for three minutes each", async () => {
  const run = await runDetection(bench.detector({ sinks: [bench.serviceSink()] }), never);
  expect(bench.now).toBeGreaterThanOrEqual(time("09:39"));
  expect(run).toMatchObject({ opened: 2, sent: 2, pending: 0, failed: 0 });
  expect(told()).toEqual(both);
});
