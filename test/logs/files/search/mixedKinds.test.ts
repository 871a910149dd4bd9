import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toDiagnosticRecord, toGraphSignIn } from "../../../../src/tenant/dialects.ts";
import { generateTenant } from "../../../../src/tenant/tenant.ts";
import { detect, temporaryFolder } from "../../../cli/terminal.ts";
import { rowsOf, startKeyword } from "../../../tenant/tenants.ts";
import { fiveRefusals, kindsOfLines, lines } from "../kindsOfLines.ts";
import { cases } from "../../../cases.ts";

/** Ordinary sign-ins, more than the first lines, which are read whatever is in them. */
const rows = rowsOf(
  generateTenant({ seed: 3, users: 30, days: 1, startAt: startKeyword, signInsPerUserPerDay: 4 }),
);
const dialects = {
  "Log Analytics": rows,
  "diagnostic records": rows.map(toDiagnosticRecord),
  "Microsoft Graph": rows.map(toGraphSignIn),
} as const;

const kinds = Object.keys(kindsOfLines(fiveRefusals("nobody@contoso.com", "000")));

/** Refusals of a kind, by a user of its own. */
function refusals(kind: string): string {
  const at = kinds.indexOf(kind);
  const graph = fiveRefusals(`user${at}@contoso.com`, `${100 + at}`);
  return kindsOfLines(graph)[kind] ?? "";
}

async function findingsIn(content: string, ...args: readonly string[]) {
  const path = join(temporaryFolder(), "log.json");
  writeFileSync(path, content);
  const report = await detect([path, "--rule", "explicit-mfa-deny", "--context", "off", ...args]);
  return report.findings;
}

test.each(kinds)("behind plain rows the search finds: %s", async (kind) => {
  const content = `${lines(rows)}${refusals(kind).trimEnd()}\n${lines(rows.slice(0, 3))}`;
  const found = await findingsIn(content);
  expect(found.map(({ user }) => user)).toContain(`user${kinds.indexOf(kind)}@contoso.com`);
  expect(found).toEqual(await findingsIn(content, "--every-row"));
});

test("whatever kinds one file mixes, the search finds what every row shows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(dialects)),
      fc.shuffledSubarray(kinds, { minLength: 1 }),
      fc.array(fc.nat(rows.length), { minLength: 1, maxLength: 4 }),
      async (dialect, mixed, cuts) => {
        const content = mixed
          .map((kind, at) => {
            const between = dialect.slice(0, cuts[at % cuts.length]);
            return `${refusals(kind).trimEnd()}\n${lines(between)}`;
          })
          .join("");
        const found = await findingsIn(`${lines(dialect)}${content}`);
        expect(found.length).toBeGreaterThanOrEqual(mixed.length);
        expect(found).toEqual(await findingsIn(`${lines(dialect)}${content}`, "--every-row"));
      },
    ),
    { numRuns: cases(10) },
  );
});
