import { app } from "@azure/functions";
import { runDetection } from "../src/run/runDetection.ts";
import { everyWorkspace } from "./everyWorkspace.ts";
import { scheduleOf } from "./scheduleOf.ts";

// The watermark decides what is read, so a run that is late, early or duplicated still reads the right rows.
app.timer("detect", {
  schedule: scheduleOf("DETECTION_SCHEDULE"),
  handler: (_timer, context) =>
    everyWorkspace({ event: "detection run", asker: "detection" }, context, runDetection),
});
