// An app for the tests of the Functions host: one function for each thing that the host does.
import { app, output, type InvocationContext } from "@azure/functions";

const steps = output.storageQueue({ queueName: "%STEP_QUEUE%", connection: "STORAGE" });
const results = output.storageQueue({ queueName: "results", connection: "STORAGE" });

app.hook.appStart(() => {
  console.log("the app has started");
});
app.hook.appTerminate(() => {
  console.log("the app is ending");
});
app.hook.preInvocation(({ invocationContext }) => {
  invocationContext.debug("before");
});

app.timer("tick", {
  schedule: "%SCHEDULE%",
  async handler(timer, context) {
    context.log("tick", JSON.stringify(timer));
    if (timer.isPastDue) {
      context.warn("late");
    }
  },
});

app.timer("broken", {
  schedule: "0 0 3 * * *",
  handler() {
    throw new Error("the timer broke");
  },
});

app.timer("endless", {
  schedule: "0 0 3 * * *",
  async handler() {
    console.error("this is the last line");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
});

app.timer("crash", {
  schedule: "0 0 3 * * *",
  handler() {
    console.error("this is the last line");
    process.exit(7);
  },
});

app.http("start", {
  methods: ["POST"],
  route: "backfill",
  extraOutputs: [steps],
  async handler(request, context) {
    const body = (await request.json()) as { from: string };
    context.extraOutputs.set(steps, { from: body.from, step: 1 });
    const location = `/api/backfill/${context.invocationId}`;
    return { status: 202, headers: { location }, jsonBody: { id: context.invocationId } };
  },
});

app.http("status", {
  methods: ["GET"],
  route: "backfill/{id}",
  handler: (request) => ({
    jsonBody: {
      id: request.params["id"],
      verbose: request.query.get("verbose"),
      agent: request.headers.get("x-agent"),
      url: request.url,
      setting: process.env["GREETING"],
      path: process.env["PATH"] !== undefined,
      runner: process.env["VITEST"],
    },
  }),
});

app.http("active", {
  methods: ["GET"],
  route: "backfill/active",
  handler: () => ({ body: "two" }),
});

app.http("bytes", {
  methods: ["POST"],
  authLevel: "function",
  async handler(request) {
    return { body: new Uint8Array(await request.arrayBuffer()).toReversed() };
  },
});

app.http("nothing", { methods: ["GET"], handler: () => ({ status: 204 }) });

app.http("refusing", {
  methods: ["GET"],
  handler() {
    throw new Error("the door broke");
  },
});

app.storageQueue("step", {
  queueName: "%STEP_QUEUE%",
  connection: "STORAGE",
  return: results,
  async handler(message, context) {
    const { from, fail = 0, wait = 0 } = message as { from: string; fail?: number; wait?: number };
    const tries = Number(context.triggerMetadata?.["dequeueCount"]);
    if (tries <= fail) {
      throw new Error(`try ${tries} failed`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    return [{ from, tries, id: context.triggerMetadata?.["id"] }, "done"];
  },
});

app.storageQueue("stepPoison", {
  queueName: "%STEP_QUEUE%-poison",
  connection: "STORAGE",
  handler(message: unknown, context: InvocationContext) {
    context.error("given up", JSON.stringify(message));
  },
});
