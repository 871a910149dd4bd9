import { app, output } from "@azure/functions";
import { endPart, stepBackfill } from "../src/run/backfill.ts";
import { backfillQueue, isBackfillMessage } from "./backfillQueue.ts";
import { contextLog } from "./contextLog.ts";
import { theApp } from "./theApp.ts";

/** Slices are begun for this long, milliseconds; then the rest goes into a message of its own. */
const stepLength = 3 * 60_000;
const longest = 9 * 60_000;

const queue = output.storageQueue(backfillQueue);

app.storageQueue("backfillStep", {
  ...backfillQueue,
  extraOutputs: [queue],
  handler: async (message, context) => {
    const { jobs, clock, settings, backfillDetectorOf } = theApp();
    const job = isBackfillMessage(message) ? await jobs.read(message.id) : null;
    if (!isBackfillMessage(message) || job === null) {
      throw new Error("the message names no backfill");
    }
    const workspace = settings.workspaces.find(({ name }) => name === message.workspace);
    if (workspace === undefined) {
      const reason = "the settings do not name this workspace any more";
      await endPart(jobs, job.id, message.workspace, "failed", reason);
      return;
    }
    const signal = AbortSignal.timeout(longest);
    const detector = backfillDetectorOf(workspace, job, contextLog(context), signal);
    const step = { ...job, workspace: message.workspace, until: clock.now() + stepLength };
    if (await stepBackfill(detector, jobs, step, signal)) {
      context.extraOutputs.set(queue, message);
    }
  },
});

// The platform gave a message up after five attempts.
app.storageQueue("backfillPoison", {
  queueName: `${backfillQueue.queueName}-poison`,
  connection: backfillQueue.connection,
  handler: async (message) => {
    if (isBackfillMessage(message)) {
      const { jobs } = theApp();
      const { part } = (await jobs.readPart(message.id, message.workspace)) ?? {};
      const slice =
        part === undefined
          ? ""
          : ` in the slice that begins ${new Date(part.cursor).toISOString()}`;
      const reason = `given up after five attempts${slice}`;
      await endPart(jobs, message.id, message.workspace, "failed", reason);
    }
  },
});
