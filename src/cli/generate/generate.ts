import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { visible } from "../../detection/signin/visible.ts";
import { StateError } from "../../state/disk/stateError.ts";
import { attackInWords, benignInWords, iso } from "../../tenant/attacks/inWords.ts";
import type { AttackKind } from "../../tenant/attacks/kinds.ts";
import type { SigninRow } from "../../tenant/row.ts";
import {
  attackKinds,
  generateTenant,
  type Tenant,
  type TenantOptions,
} from "../../tenant/tenant.ts";
import { valueOf } from "../args.ts";
import { exitCodes, type Command, type Given } from "../command.ts";
import { heads } from "../heads.ts";
import { benignDetail, benignOption, readBenign } from "./benignOption.ts";
import { logWriters } from "./logWriters.ts";
import { writeToFolder, writeToOutput } from "./writeTenant.ts";
import { UsageError } from "../usageError.ts";
import { moment, oneOf, wholeNumber } from "../values.ts";

type Dialect = keyof typeof logWriters;

const dialects = Object.keys(logWriters).filter((name): name is Dialect =>
  Object.hasOwn(logWriters, name),
);

const usual = {
  users: 100,
  days: 1,
  seed: 1,
  start: "2026-03-10",
  signIns: 12,
  dialect: "log-analytics",
} as const;
const dayMs = 86_400_000;
const noAttack = "none";

export const generate: Command = {
  ...heads.generate,
  options: [
    {
      name: "out",
      value: "DIR",
      help: "The folder for the log and truth.json, or - to print only the log.",
    },
    {
      name: "dialect",
      value: "NAME",
      help: `Format of the log (see below). Default: ${usual.dialect}.`,
    },
    { name: "users", value: "N", help: `Number of people. Default: ${usual.users}.` },
    { name: "days", value: "N", help: `Number of days. Default: ${usual.days}.` },
    { name: "start", value: "DATE", help: `The first day (UTC). Default: ${usual.start}.` },
    {
      name: "sign-ins",
      value: "N",
      help: `Approximate sign-ins per person and day. Default: ${usual.signIns}.`,
    },
    {
      name: "seed",
      value: "N",
      help: `The same seed and numbers give the same log. Default: ${usual.seed}.`,
    },
    {
      name: "attack",
      value: "KIND",
      repeatable: true,
      help: `May be repeated. Default: every kind once; ${noAttack} for none.`,
    },
    {
      name: "around",
      help: "Write the month before and the audit, mailbox and risk logs as well, in DIR/around.",
    },
    benignOption,
    { name: "force", help: "Write into a folder that is not empty." },
  ],
  details: [
    `Dialects:\n${dialects.map((name) => `  ${name.padEnd(15)}${logWriters[name].says}`).join("\n")}`,
    `Attacks: ${wrap(attackKinds)}.`,
    benignDetail,
    "Everything is synthetic: people, devices and ids are derived from the seed, and addresses are reserved for\ndocumentation. The attacks are hidden in ordinary noise: time-outs, wrong codes, mis-clicks, number mismatches,\nrows delivered twice or late, guests, VPN sign-ins without steps.",
  ],
  examples: [
    {
      line: "mfa-deny generate --out tenant --users 50 --days 2 --dialect event-hub",
      says: "Two days as Event Hub messages in tenant/, and the truth in tenant/truth.json.",
    },
    {
      line: "mfa-deny detect tenant",
      says: "Detects in those logs. truth.json is not read as a log.",
    },
    {
      line: "mfa-deny generate --out - --attack bucket-edge --attack late | mfa-deny detect -",
      says: "Nothing is written to disk.",
    },
  ],
  async run(given, operands, { stdout, signal }) {
    if (operands.length > 0) {
      throw new UsageError(`generate takes no files, but '${operands[0]}' is given`);
    }
    const out = valueOf(given, "out");
    if (out === null) {
      throw new UsageError("generate needs --out DIR, or --out - for standard output");
    }
    const dialect = oneOf(given, "dialect", dialects) ?? usual.dialect;
    const writer = logWriters[dialect];
    if (out === "-" && typeof writer.file !== "string") {
      throw new UsageError(`--dialect ${dialect} is a tree of files, so --out must be a folder`);
    }
    const options = readOptions(given);
    const tenant = plan(options);
    const log = { rows: rowsOf(tenant), writer, signal };
    if (out === "-") {
      await writeToOutput(log, stdout);
      return exitCodes.done;
    }
    await prepareFolder(out, given["force"] !== undefined);
    const { rows, files } = await writeToFolder(log, out);
    const around = given["around"] === undefined ? null : join(out, "around");
    const rowsAround = around === null ? 0 : await writeAround(around, tenant, signal);
    const truth = join(out, "truth.json");
    await writeTruth(truth, { dialect, rows }, options, tenant);
    stdout.write(
      `${visible(files.length === 1 ? String(files[0]) : out, Infinity)}: ${rows} rows${files.length > 1 ? ` in ${files.length} files` : ""}\n` +
        (around === null
          ? ""
          : `${visible(around, Infinity)}: ${rowsAround} rows of the month before and of other logs\n`) +
        `${visible(truth, Infinity)}: ${tenant.truth.length} attacks${tenant.benign.length === 0 ? "" : `, ${tenant.benign.length} harmless bursts`}\n`,
    );
    return exitCodes.done;
  },
};

function readOptions(given: Given): TenantOptions {
  const startAt = moment(given, "start") ?? Date.parse(usual.start);
  if (startAt % dayMs !== 0) {
    throw new UsageError(
      `--start is '${valueOf(given, "start")}'; it must be a day such as ${usual.start}`,
    );
  }
  return {
    seed: wholeNumber(given, "seed", 0, Number.MAX_SAFE_INTEGER) ?? usual.seed,
    users: wholeNumber(given, "users", 1, 1_000_000) ?? usual.users,
    days: wholeNumber(given, "days", 1, 3_650) ?? usual.days,
    startAt,
    signInsPerUserPerDay: wholeNumber(given, "sign-ins", 1, 1_000) ?? usual.signIns,
    attacks: readAttacks(given),
    benign: readBenign(given),
  };
}

function readAttacks(given: Given): readonly AttackKind[] {
  const asked = given["attack"];
  if (asked === undefined) {
    return attackKinds;
  }
  if (asked.includes(noAttack)) {
    if (asked.length > 1) {
      throw new UsageError(`--attack ${noAttack} and other attacks cannot be combined`);
    }
    return [];
  }
  return asked.map((name) => {
    const kind = attackKinds.find((each) => each === name);
    if (kind === undefined) {
      throw new UsageError(
        `--attack is '${name}'; it must be one of ${attackKinds.join(", ")}, or ${noAttack}`,
      );
    }
    return kind;
  });
}

function plan(options: TenantOptions): Tenant {
  try {
    return generateTenant(options);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new UsageError(`--${cause.message}`, { cause });
    }
    throw cause;
  }
}

/**
 * Writes the rows of other logs around the attacks, as Log Analytics has them.
 *
 * @returns the number of rows
 */
async function writeAround(folder: string, tenant: Tenant, signal: AbortSignal): Promise<number> {
  let total = 0;
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw StateError.of(folder, "cannot be used as a folder to write to", cause);
  }
  for (const [table, stored] of Object.entries(tenant.around())) {
    const writer = { ...logWriters["log-analytics"], file: `${table}.ndjson` };
    const { rows } = await writeToFolder(
      { rows: stored.map((each) => each.row), writer, signal },
      folder,
    );
    total += rows;
  }
  return total;
}

function* rowsOf(tenant: Tenant): Generator<SigninRow> {
  for (const { row } of tenant.rows()) {
    yield row;
  }
}

async function prepareFolder(folder: string, force: boolean): Promise<void> {
  let entries: readonly string[];
  try {
    await mkdir(folder, { recursive: true });
    entries = await readdir(folder);
  } catch (cause) {
    throw StateError.of(folder, "cannot be used as a folder to write to", cause);
  }
  if (entries.length > 0 && !force) {
    throw new UsageError(`--out ${folder} is not empty; --force writes into it anyway`);
  }
}

async function writeTruth(
  path: string,
  written: { readonly dialect: Dialect; readonly rows: number },
  { seed, users, days, startAt }: TenantOptions,
  { tenantId, workspaceId, truth, benign }: Tenant,
): Promise<void> {
  const content = {
    start: iso(startAt),
    days,
    users,
    seed,
    ...written,
    tenantId,
    workspaceId,
    attacks: truth.map(attackInWords),
    ...(benign.length === 0 ? {} : { benign: benign.map(benignInWords) }),
  };
  try {
    await writeFile(path, `${JSON.stringify(content, null, 2)}\n`);
  } catch (cause) {
    throw StateError.of(path, "cannot be written", cause);
  }
}

/** Joins words with commas, in lines that fit a terminal. */
function wrap(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || `Attacks: ${last}, ${word},`.length > 110) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last}, ${word}`;
    }
  }
  return lines.join(",\n");
}
