import { app } from "@azure/functions";

app.http("doctor", {
  route: "doctor",
  methods: ["GET"],
  authLevel: "function",
  handler: async () => {
    // A bundle of its own: a timer run never loads it.
    const { diagnoseApp } = await import("../src/doctor/inApp.ts");
    const diagnosis = await diagnoseApp(process.env);
    return {
      status: diagnosis.healthy ? 200 : 503,
      jsonBody: { version: __VERSION__, ...diagnosis },
    };
  },
});
