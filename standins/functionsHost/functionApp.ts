import type { Binding, FunctionMetadata } from "./rpc.ts";
import { resolveConnection, resolveSettings, type Connection, type Settings } from "./settings.ts";

/** A function as the host sees it: settings are resolved, and it has only triggers that the stand-in supports. */
export interface RegisteredFunction {
  readonly name: string;
  readonly trigger: Trigger;
  readonly outputs: readonly QueueOutput[];
}

export type Trigger =
  | { readonly type: "timer"; readonly binding: string; readonly schedule: string }
  | {
      readonly type: "http";
      readonly binding: string;
      readonly route: string;
      readonly methods: readonly string[];
      readonly authLevel: string;
    }
  | ({ readonly type: "queue"; readonly binding: string } & QueueAddress);

export interface QueueAddress {
  readonly queueName: string;
  readonly connection: Connection;
}

export interface QueueOutput extends QueueAddress {
  /** `$return` is the function's result. */
  readonly binding: string;
}

/** @throws Error that names the function, if a setting is missing or the stand-in does not support a binding */
export function resolveFunction(
  { name, bindings }: FunctionMetadata,
  settings: Settings,
): RegisteredFunction {
  const where = `The '${name}' function is in error`;
  const all = Object.entries(bindings);
  const [entry] = all.filter(([, { type }]) => /trigger$/i.test(type));
  if (!entry) {
    throw new Error(`${where}: it has no trigger.`);
  }
  const [binding, trigger] = entry;
  return {
    name,
    trigger: resolveTrigger(name, binding, trigger, settings, where),
    outputs: all
      .filter(([, { direction, type }]) => direction === "out" && type.toLowerCase() !== "http")
      .map(([key, output]) => {
        if (output.type !== "queue") {
          throw new Error(`${where}: ${notDone(`${output.type} output`)}`);
        }
        return { binding: key, ...resolveQueue(output, settings, where) };
      }),
  };
}

function resolveTrigger(
  name: string,
  binding: string,
  trigger: Binding,
  settings: Settings,
  where: string,
): Trigger {
  const said = (key: string) => {
    const value = trigger[key];
    return typeof value === "string" ? value : undefined;
  };
  switch (trigger.type) {
    case "timerTrigger": {
      const schedule = resolveSettings(said("schedule") ?? "", settings, where);
      checkSchedule(schedule, where);
      return { type: "timer", binding, schedule };
    }
    case "httpTrigger":
      return {
        type: "http",
        binding,
        route: resolveSettings(said("route") ?? name, settings, where),
        methods: (trigger["methods"] as readonly string[]).map((method) => method.toUpperCase()),
        authLevel: said("authLevel") ?? "anonymous",
      };
    case "queueTrigger":
      return { type: "queue", binding, ...resolveQueue(trigger, settings, where) };
    default:
      throw new Error(`${where}: ${notDone(trigger.type)}`);
  }
}

function resolveQueue(
  { queueName, connection }: Binding,
  settings: Settings,
  where: string,
): QueueAddress {
  const name = resolveSettings(String(queueName), settings, where).toLowerCase();
  if (!/^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`${where}: "${name}" is not a valid name of a queue.`);
  }
  return { queueName: name, connection: resolveConnection(String(connection), settings, where) };
}

/** NCRONTAB with five or six fields, or a time span. Only its form is checked. */
function checkSchedule(schedule: string, where: string): void {
  const fields = schedule.trim().split(/\s+/);
  const cron = (fields.length === 5 || fields.length === 6) && fields.every(isCronField);
  if (!cron && !/^(?:\d+\.)?\d{1,2}:\d{2}(?::\d{2})?$/.test(schedule)) {
    throw new Error(`${where}: The schedule expression '${schedule}' was not recognized.`);
  }
}

const isCronField = (field: string) => /^[\dA-Za-z*,/-]+$/.test(field);

const notDone = (what: string) => `the stand-in for the Functions host does not support ${what}.`;
