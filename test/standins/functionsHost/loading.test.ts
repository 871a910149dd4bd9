import { expect, test } from "vitest";
import { startFunctionsHost } from "../../../standins/functionsHost/startFunctionsHost.ts";
import { bundleApp } from "./bundledApp.ts";

const timer = (schedule: string) =>
  `require("@azure/functions").app.timer("tick", { schedule: "${schedule}", handler() {} });`;
const queue = `require("@azure/functions").app.storageQueue("step", {
  queueName: "steps", connection: "STORAGE", handler() {} });`;

test.each([
  ["a missing setting", timer("%SCHEDULE%"), "'%SCHEDULE%' does not resolve to a value."],
  [
    "no schedule",
    timer("every minute"),
    "The schedule expression 'every minute' was not recognized.",
  ],
  ["no connection", queue, "Storage account connection string 'STORAGE' does not exist."],
  ["code that throws", 'throw new Error("no such luck");', "Error: no such luck"],
  ["code that ends", "process.exit(3);", "ended (exit code 3); the app was loading"],
  [
    "a name that is taken",
    `${timer("0 0 * * * *")}${timer("0 0 * * * *")}`,
    'A function named "tick" is registered already.',
  ],
  [
    "a trigger that the stand-in does not do",
    'require("@azure/functions").app.eventGrid("e", { handler() {} });',
    "The 'e' function is in error: the stand-in for the Functions host does not support eventGridTrigger.",
  ],
  [
    "streaming",
    `const { app } = require("@azure/functions");
     app.setup({ enableHttpStream: true }); app.get("a", { handler() {} });`,
    "The stand-in does not stream HTTP bodies.",
  ],
])("an app with %s does not start, and the reason is reported", async (_, text, message) => {
  const app = await bundleApp({ text });
  await expect(startFunctionsHost({ main: app.main, settings: {} })).rejects.toThrow(message);
  await app.remove();
});

test("a function cannot be registered once the app has started", async () => {
  const app = await bundleApp({
    text: `const { app } = require("@azure/functions");
      app.get("late", { handler() { app.get("later", { handler() {} }); } });`,
  });
  const host = await startFunctionsHost({ main: app.main, settings: {} });
  expect((await host.request({ url: "/api/late" })).status).toBe(500);
  expect(host.invocations).toMatchObject([
    { error: "A function can only be registered during app startup." },
  ]);
  await host.stop();
  await app.remove();
});

test("host.json beside the app changes the prefix of routes", async () => {
  const app = await bundleApp(
    { text: `require("@azure/functions").app.get("a", { handler: () => ({ status: 204 }) });` },
    { version: "2.0", extensions: { http: { routePrefix: "" } } },
  );
  const host = await startFunctionsHost({ main: app.main, settings: {} });
  expect((await host.request({ url: "/a" })).status).toBe(204);
  expect((await host.request({ url: "/api/a" })).status).toBe(404);
  await host.stop();
  await app.remove();
});
