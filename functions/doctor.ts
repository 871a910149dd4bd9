import { app } from "@azure/functions";
import { problem } from "./problem.ts";

app.http("doctor", {
  route: "doctor",
  methods: ["GET"],
  authLevel: "function",
  handler: async (request) => {
    // A separate bundle, which timer runs never load.
    const { diagnoseApp, findingsOfApp } = await import("../src/doctor/inApp.ts");
    if (request.query.get("findings") === "true") {
      try {
        return { jsonBody: { findings: await findingsOfApp(process.env) } };
      } catch (error) {
        return problem(
          503,
          error instanceof Error ? error.message : "The findings cannot be read.",
        );
      }
    }
    const diagnosis = await diagnoseApp(process.env);
    return {
      status: diagnosis.healthy ? 200 : 503,
      jsonBody: { version: __VERSION__, ...diagnosis },
    };
  },
});
