import type { DoctorRequest, RunDoctor } from "../../doctor/request.ts";
import { exitCodes, type Command, type Given, type Terminal } from "../command.ts";
import { heads } from "../heads.ts";
import { UsageError } from "../usageError.ts";
import { oneOf } from "../values.ts";
import { readEnvironment } from "./readEnvironment.ts";

const formats = ["table", "json"] as const;

export const doctor: Command = {
  ...heads.doctor,
  options: [
    {
      name: "app",
      value: "URL",
      help: "Ask the deployed app instead of Azure. Its key is in MFA_DENY_APP_KEY.",
    },
    {
      name: "settings",
      value: "FILE",
      help: "The app's settings: local.settings.json, or NAME=VALUE lines (azd env get-values).",
    },
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}. Default: table.` },
    {
      name: "drill",
      value: "USER",
      help: "Follow five refused prompts of a test account to the incident, and time each step.",
    },
    {
      name: "findings",
      help: "List what a dry run (DRY_RUN=true) would have opened, including users.",
    },
    {
      name: "bundle",
      value: "FILE",
      help: "Also write FILE for a maintainer: columns, texts and lags, but no name, id or address.",
    },
  ],
  details: [
    "Uses the credentials of `az login` or `azd auth login`. It only reads, except for one table entity and one queue\nmessage, which it writes and deletes again. Exit code 0: no problems; 3: warnings; 2: a fault.",
  ],
  examples: [
    {
      line: "mfa-deny doctor --settings .azure/prod/.env",
      says: "A check before the first run, with the settings that azd knows.",
      needsAzure: true,
    },
    {
      line: "mfa-deny doctor --app https://APP.azurewebsites.net",
      says: "What the deployed app's own identity can do.",
      needsAzure: true,
    },
    {
      line: "mfa-deny doctor --drill test.user@contoso.com",
      says: "Five refused prompts, followed to the incident.",
      needsAzure: true,
    },
    {
      line: "mfa-deny doctor --findings --settings .azure/pilot/.env",
      says: "What a pilot with DRY_RUN=true would have opened.",
      needsAzure: true,
    },
  ],
  async run(given, operands, terminal) {
    if (operands.length > 0) {
      throw new UsageError(`doctor takes no operands, but '${String(operands[0])}' is given`);
    }
    const request = await toRequest(given, terminal);
    const runDoctor = await load(terminal);
    try {
      return await runDoctor(request);
    } catch (error) {
      terminal.signal.throwIfAborted();
      terminal.stderr.write(
        `mfa-deny: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      return exitCodes.unusable;
    }
  },
};

async function toRequest(given: Given, { stdout, signal }: Terminal): Promise<DoctorRequest> {
  const app = given["app"]?.[0] ?? null;
  const file = given["settings"]?.[0];
  const others = (["settings", "drill", "bundle"] as const).filter((name) => given[name]);
  if (app !== null && others[0] !== undefined) {
    throw new UsageError(
      `--app and --${others[0]} cannot be combined: the app has its own settings`,
    );
  }
  const beside = (["drill", "bundle"] as const).find((name) => given[name]);
  if (given["findings"] !== undefined && beside !== undefined) {
    throw new UsageError(`--findings and --${beside} cannot be combined`);
  }
  if (app !== null && !isAppAddress(app)) {
    throw new UsageError(`--app is '${app}'; it must be https://APP.azurewebsites.net or the like`);
  }
  return {
    environment:
      file === undefined ? process.env : { ...process.env, ...(await readEnvironment(file)) },
    format: oneOf(given, "format", formats) ?? "table",
    app,
    drill: given["drill"]?.[0] ?? null,
    findings: given["findings"] !== undefined,
    bundle: given["bundle"]?.[0] ?? null,
    stdout,
    signal,
  };
}

/** Accepts https, and this machine, because the key travels with the request. */
function isAppAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return (
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname))
  );
}

/** Loads a separate program, so that the other commands do not load Azure's clients. */
async function load({ loadDoctor }: Terminal): Promise<RunDoctor> {
  if (loadDoctor === undefined) {
    throw new UsageError("this build has no doctor: it needs doctor.mjs beside it");
  }
  const program = await loadDoctor();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the build writes that program
  return (program as { readonly runDoctor: RunDoctor }).runDoctor;
}
