import { join } from "node:path";
import { run } from "../cli/run.ts";

/** `npm start`: the main job, as it is by default, over the day of a made-up tenant that ships with the project. */
const example = join("examples", "contoso-day.ndjson.gz");
const out = join("out", "incidents");

const { stdin, stdout, stderr } = process;
stdout.write(`mfa-deny detect ${example} --out ${out}\n\n`);
process.exitCode = await run(["detect", example, "--out", out], {
  stdin,
  stdout,
  stderr,
  signal: new AbortController().signal,
});
if (process.exitCode === 0) {
  stdout.write(
    [
      "",
      `The log is a made-up tenant's; what is true of it is in ${join("examples", "contoso-day.truth.json")}.`,
      `Each incident lies in ${out} as Microsoft Sentinel would be sent it.`,
      "",
      "Next: node dist/cli.mjs detect YOUR_SIGNIN_LOGS.json",
      `      node dist/cli.mjs detect ${example} --rule mfa-deny-then-approve`,
      "      node dist/cli.mjs detect --help",
      "",
    ].join("\n"),
  );
}
