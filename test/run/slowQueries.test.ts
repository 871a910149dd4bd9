/** Queries that wait for minutes, because others ask more of the log service than it answers at once. */
import { beforeEach, expect, test } from "vitest";
import { runDetection } from "../../src/run/runDetection.ts";
import type { SignInSource } from "../../src/run/ports.ts";
import { semaphore } from "../../src/logs/azure/semaphore.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { bob, time } from "../builders.ts";
import { VirtualTime } from "../proof/virtualTime.ts";
import { Bench, minute, never, refusals, userOf } from "./bench.ts";
import { FakeLog, publish } from "./fakeLog.ts";

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

test("six queries at once of two processes, of which the service runs five, lose nothing and delay nothing", async () => {
  const world = { now: time("09:30") };
  const clock = { now: () => world.now };
  const passing = new VirtualTime(world);
  const turn = semaphore(5);
  let [asking, mostAsked, running, mostRunning] = [0, 0, 0, 0];
  /** Each query runs for three minutes; the sixth waits for one to end. */
  const asked = async <T>(query: () => Promise<T>): Promise<T> => {
    mostAsked = Math.max(mostAsked, ++asking);
    return turn(async () => {
      mostRunning = Math.max(mostRunning, ++running);
      await passing.until(world.now + 3 * minute);
      running--;
      asking--;
      return query();
    });
  };
  // Two processes with three workspaces each: they share an identity, and nothing else.
  const workspaces = Array.from({ length: 6 }, () => {
    const log = new FakeLog(clock, publish(refusals("09:00", 5)));
    const own = new Bench("09:30", []);
    const source: SignInSource = {
      candidates: (query, signal) => asked(() => log.candidates(query, signal)),
      approvals: (query, signal) => asked(() => log.approvals(query, signal)),
    };
    const sinks = [own.serviceSink()];
    return own.detector({ clock, source, store: new MemoryStore(), sinks });
  });
  const runs: Awaited<ReturnType<typeof runDetection>>[] = [];
  await passing.pass(
    workspaces.map(async (detector) => void runs.push(await runDetection(detector, never))),
  );
  expect([mostAsked, mostRunning]).toEqual([6, 5]);
  expect(world.now).toBeGreaterThanOrEqual(time("09:39"));
  for (const run of runs) {
    expect(run).toMatchObject({ opened: 1, sent: 1, pending: 0, failed: 0 });
  }
});
