import { app } from "@azure/functions";
import { maintain } from "../src/run/maintain.ts";
import { everyWorkspace } from "./everyWorkspace.ts";
import { scheduleOf } from "./scheduleOf.ts";

app.timer("maintenance", {
  schedule: scheduleOf("MAINTENANCE_SCHEDULE"),
  handler: (_timer, context) =>
    everyWorkspace({ event: "maintenance", asker: "maintenance" }, context, maintain),
});
