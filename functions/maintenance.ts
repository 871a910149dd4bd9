import { app } from "@azure/functions";
import { maintain } from "../src/run/maintain.ts";
import { contextLog } from "./contextLog.ts";
import { everyWorkspace } from "./everyWorkspace.ts";
import { scheduleOf } from "./scheduleOf.ts";
import { theApp } from "./theApp.ts";

app.timer("maintenance", {
  schedule: scheduleOf("MAINTENANCE_SCHEDULE"),
  handler: async (_timer, context) => {
    try {
      await everyWorkspace({ event: "maintenance", asker: "maintenance" }, context, maintain);
    } finally {
      // Independent of the workspaces, because this is about the app.
      const backfills = await theApp().forgetOld();
      contextLog(context).info("old backfills forgotten", { backfills });
    }
  },
});
