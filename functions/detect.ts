import { app } from "@azure/functions";
import { runDetection } from "../src/run/runDetection.ts";
import { everyWorkspace } from "./everyWorkspace.ts";
import { scheduleOf } from "./scheduleOf.ts";

// What is read follows from the watermark, so a run that is late, early or doubled reads what it should.
app.timer("detect", {
  schedule: scheduleOf("DETECTION_SCHEDULE"),
  handler: (_timer, context) =>
    everyWorkspace({ event: "detection run", asker: "detection" }, context, runDetection),
});
