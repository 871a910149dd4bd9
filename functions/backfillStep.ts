import { setTimeout as sleep } from "node:timers/promises";
import { app, output, type InvocationContext } from "@azure/functions";
import { endPart, isBusy, stepBackfill } from "../src/run/backfill.ts";
import { isFinished, type BackfillJob } from "../src/run/backfillJob.ts";
import {
  backfillQueue,
  isBackfillMessage,
  poisonQueueName,
  type BackfillMessage,
} from "./backfillQueue.ts";
import { contextLog } from "./contextLog.ts";
import { theApp } from "./theApp.ts";

/** A step starts slices for this long, in milliseconds. The rest goes into another message. */
const stepLength = 3 * 60_000;
const longest = 9 * 60_000;

/** An abandoned lane opens after this time (ms). By then, a step that still works on it has ended. */
const laneLength = 10 * 60_000;
const lanePause = 2_000;

const queue = output.storageQueue(backfillQueue);

app.storageQueue("backfillStep", {
  ...backfillQueue,
  extraOutputs: [queue],
  handler: async (message, context) => {
    const { jobs } = theApp();
    const job = isBackfillMessage(message) ? await jobs.read(message.id) : null;
    if (!isBackfillMessage(message) || job === null) {
      throw new Error("the message names no backfill");
    }
    context.extraOutputs.set(queue, await workOrWait(message, job, context));
  },
});

// The platform gave up on a message after five attempts.
app.storageQueue("backfillPoison", {
  queueName: poisonQueueName,
  connection: backfillQueue.connection,
  extraOutputs: [queue],
  handler: async (message, context) => {
    if (!isBackfillMessage(message)) {
      return;
    }
    const { id, workspace } = message;
    const { jobs } = theApp();
    const held = await jobs.readPart(id, workspace);
    // Anybody may have written a message that names no backfill, so its text is not logged.
    if (held === null) {
      return;
    }
    const slice = new Date(held.part.cursor).toISOString();
    const reason = `given up after five attempts in the slice that begins ${slice}`;
    contextLog(context).error("backfill given up", { id, workspace, reason });
    await endPart(jobs, id, workspace, "failed", reason);
    context.extraOutputs.set(queue, await nextMessages(message));
  },
});

/** Wait before a step is tried again because the log service was busy. Its own retries have waited before. */
const busyPause = 15_000;

/**
 * Works on one part. The host gives up a message that fails five times. A step for which the log service is too busy
 * therefore does not fail. Its message comes again until it succeeds.
 */
async function workOrWait(
  message: BackfillMessage,
  job: BackfillJob,
  context: InvocationContext,
): Promise<readonly BackfillMessage[]> {
  try {
    return await workOff(message, job, context);
  } catch (error) {
    if (!isBusy(error)) {
      throw error;
    }
    const { id, workspace } = message;
    contextLog(context).warn("backfill waits", { id, workspace, problem: String(error) });
    await sleep(busyPause);
    return [message];
  }
}

/**
 * Works on one part while no other backfill runs. Every message may go to another process, and the log service
 * allows five concurrent queries per identity.
 *
 * @returns the messages that follow: this one again, the next workspace's, or none
 */
async function workOff(
  message: BackfillMessage,
  job: BackfillJob,
  context: InvocationContext,
): Promise<readonly BackfillMessage[]> {
  const { jobs, clock, settings, backfillDetectorOf } = theApp();
  const workspace = settings.workspaces.find(({ name }) => name === message.workspace);
  if (workspace === undefined) {
    const reason = "the settings do not name this workspace any more";
    await endPart(jobs, job.id, message.workspace, "failed", reason);
    return nextMessages(message);
  }
  const owner = `${job.id} ${message.workspace}`;
  if (!(await waitForLane(owner))) {
    return [message];
  }
  try {
    const signal = AbortSignal.timeout(longest);
    const detector = await backfillDetectorOf(workspace, job, contextLog(context), signal);
    const step = { ...job, workspace: message.workspace, until: clock.now() + stepLength };
    if (job.request.tune !== undefined) {
      // A separate bundle, which timer runs never load.
      const { tunePart } = await import("./tuning.ts");
      await tunePart(detector, jobs, step, signal);
      return await nextMessages(message);
    }
    const isMore = await stepBackfill(detector, jobs, step, signal);
    return isMore ? [message] : await nextMessages(message);
  } finally {
    // If that fails, the lane opens by itself, and the step has done its work anyway.
    await jobs.leaveLane(owner).catch(() => undefined);
  }
}

/** @returns false if another backfill kept the lane for too long, so that this one should come again later */
async function waitForLane(owner: string): Promise<boolean> {
  const { jobs, clock } = theApp();
  const waited = performance.now();
  while (!(await jobs.enterLane(owner, clock.now(), clock.now() + laneLength))) {
    if (performance.now() - waited > stepLength) {
      return false;
    }
    await sleep(lanePause);
  }
  return true;
}

/** The workspaces of a job are worked off one after the other. */
async function nextMessages({
  id,
  workspace,
}: BackfillMessage): Promise<readonly BackfillMessage[]> {
  const job = await theApp().jobs.read(id);
  const [next] = (job?.parts ?? []).filter(
    (part) => part.workspace !== workspace && !isFinished(part),
  );
  return next === undefined ? [] : [{ id, workspace: next.workspace }];
}
