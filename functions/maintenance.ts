import { app } from "@azure/functions";
import { maintain } from "../src/run/maintain.ts";
import { everyWorkspace } from "./everyWorkspace.ts";

app.timer("maintenance", {
  schedule: "0 17 3 * * *",
  handler: (_timer, context) =>
    everyWorkspace({ event: "maintenance", asker: "maintenance" }, context, maintain),
});
