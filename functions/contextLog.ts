import type { InvocationContext } from "@azure/functions";
import type { Log } from "../src/run/ports.ts";

/** A log that writes one line of JSON per event. */
export function contextLog(context: InvocationContext): Log {
  const line = (event: string, fields: object) => JSON.stringify({ event, ...fields });
  return {
    info: (event, fields) => context.info(line(event, fields)),
    warn: (event, fields) => context.warn(line(event, fields)),
    error: (event, fields) => context.error(line(event, fields)),
  };
}
