import { conditionOf } from "../../detection/incident.ts";
import { presets, type Rule } from "../../detection/rule.ts";
import { exitCodes, type Command } from "../command.ts";
import { formatTable } from "../reporters/formatTable.ts";
import { UsageError } from "../usageError.ts";
import { oneOf } from "../values.ts";

const formats = ["table", "json"] as const;

export const rules: Command = {
  name: "rules",
  summary: "Shows the rules that ship, with their numbers.",
  operands: "",
  options: [
    { name: "format", value: "FORMAT", help: `${formats.join(" or ")}; table if not given.` },
  ],
  details: [],
  run(given, operands, { stdout }) {
    if (operands.length > 0) {
      throw new UsageError(`rules takes no file, but '${operands[0]}' is given`);
    }
    const format = oneOf(given, "format", formats) ?? "table";
    stdout.write(
      format === "json" ? `${JSON.stringify(presets.map(toJson), null, 2)}\n` : table(presets),
    );
    return Promise.resolve(exitCodes.done);
  },
};

function table(listed: readonly Rule[]): string {
  const rows = listed.map((rule) => [
    rule.id,
    rule.enabled ? "on" : "off",
    conditionOf(rule),
    rule.kind,
    rule.severity,
    rule.techniques.join(", "),
  ]);
  return formatTable(["rule", "default", "fires on", "window", "severity", "MITRE ATT&CK"], rows);
}

function toJson(rule: Rule) {
  const { exclusions, ...rest } = rule;
  return {
    ...rest,
    exclusions: { ...exclusions, addresses: exclusions.addresses.map(({ text }) => text) },
  };
}
