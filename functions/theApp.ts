import { composeApp, type App } from "../src/app.ts";

let app: App | null = null;

/** Composed at the first call, so that wrong settings show in the function that needs them. */
export function theApp(): App {
  app ??= composeApp(process.env);
  return app;
}
