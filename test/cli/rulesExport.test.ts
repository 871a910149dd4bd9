import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import type { PeerComparison } from "../../src/cli/compare/againstPeers.ts";
import { fire } from "../../src/cli/compare/peers/fire.ts";
import { whyMissed } from "../../src/cli/compare/peers/why.ts";
import type { Exporter } from "../../src/cli/rules/export/exporter.ts";
import { modelOf as exportedModel } from "../../src/cli/rules/export/exportRule.ts";
import { exporters } from "../../src/cli/rules/export/exporters.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { createAnalyser } from "../../standins/logService/kusto.ts";
import { builtInTables } from "../../standins/logService/tables.ts";
import { approved, denied } from "../builders.ts";
import { refused, rowsOf } from "./peerRows.ts";
import { cli, temporaryFolder } from "./terminal.ts";

const analyse = createAnalyser(builtInTables);
const [explicitDeny, multipleDenied, thenApprove] = presets as readonly [Rule, Rule, Rule];

async function exported(engine: string, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(["rules", "--export", engine, ...args]);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

function exporter(id: string): Exporter {
  const found = exporters.find((each) => each.id === id);
  if (found === undefined) {
    throw new Error(`there is no exporter ${id}`);
  }
  return found;
}

const modelOf = (id: string, rule: Rule) => exportedModel(exporter(id), rule);

const five = ["09:12", "09:13", "09:14", "09:15", "09:16"];

describe("the header of an exported rule", () => {
  test("is a comment, measured on the example", async () => {
    const log = "examples/contoso-day.ndjson.gz";
    const compared = await cli(["compare", "--rule", "explicit-mfa-deny", "--format", "json", log]);
    const { bursts } = (JSON.parse(compared.out) as { againstPeers: PeerComparison }).againstPeers;
    for (const { id } of exporters) {
      const header = (await exported(id)).split("\n").filter((line) => line.startsWith("# "));
      expect(header[0]).toBe(
        "# explicit-mfa-deny of mfa-deny: 5 or more denials within 15 minutes.",
      );
      expect(header.join("\n")).toMatch(new RegExp(`it catches \\d+ of ${bursts.length} findings`));
    }
  });

  test("changes with the rule's numbers", async () => {
    const path = join(temporaryFolder(), "rules.json");
    writeFileSync(path, JSON.stringify([{ id: "explicit-mfa-deny", threshold: 14 }]));
    expect(await exported("sentinel", path)).toContain("catches 1 of 1 findings");
  });

  test("says what the engine counts wrongly, misses, and finds beside", async () => {
    const sigma = await exported("sigma");
    expect(sigma).toContain("it misses 1: places a late row in another span");
    expect(sigma).toContain(
      "for a wrong reason: it counts rows or steps of one prompt several times",
    );
    const approvals = await exported("sigma", "--rule", "mfa-deny-then-approve");
    expect(approvals).toContain("it alerts 17 times; 13 alerts contain none of the findings");
    expect(approvals).toContain("It does not require the approval that the rule requires.");
  });

  test("says that a scope is not carried over, where there is one", async () => {
    const path = join(temporaryFolder(), "rules.yaml");
    const rule =
      "- id: explicit-mfa-deny\n  exclude:\n    - users: [bob@contoso.com]\n      reason: x\n";
    writeFileSync(path, rule);
    expect(await exported("splunk", path)).toContain("appliesTo and exclude are not carried over");
    expect(await exported("splunk")).not.toContain("carried over");
  });
});

describe("Sentinel", () => {
  const queryOf = (rule: Rule) =>
    (parse(exporter("sentinel").write(rule)) as { query: string }).query;
  const single = { ...explicitDeny, threshold: 1 };
  const slow = { ...explicitDeny, windowMs: 72 * 3_600_000 };
  const odd = { ...explicitDeny, windowMs: 90_500 };

  test.each([...presets, single, slow, odd])(
    "Microsoft's analyser finds nothing wrong ($id, $threshold, $windowMs)",
    (rule) => {
      expect(analyse(queryOf(rule)).problems).toEqual([]);
    },
  );

  test("the analyser finds a column that there is not", () => {
    const wrong = queryOf(explicitDeny).replace("OriginalRequestId", "OriginalRequest");
    expect(analyse(wrong).problems).not.toEqual([]);
  });

  test("maps a column that the query yields", () => {
    const columns = analyse(queryOf(thenApprove)).columns.map(({ name }) => name);
    expect(columns).toEqual(expect.arrayContaining(["UserId", "Denials", "LastDenialAt"]));
  });

  test("runs every hour where it looks back two days", () => {
    expect(parse(exporter("sentinel").write(slow))).toMatchObject({ queryFrequency: "60m" });
    expect(parse(exporter("sentinel").write(explicitDeny))).toMatchObject({
      queryFrequency: "5m",
      queryPeriod: "75m",
      kind: "Scheduled",
    });
  });
});

test.each(presets)("Splunk: $id is a stanza of one search", (rule) => {
  const [stanza = "", ...settings] = exporter("splunk").write(rule).split("\n");
  expect(stanza).toMatch(/^\[[^[\]]+\]$/);
  const search = settings.findIndex((line) => line.startsWith("search = "));
  expect(settings.slice(0, search).every((line) => /^[\w.]+ = .+$/.test(line))).toBe(true);
  const commands = settings.slice(search).filter((line) => line !== "");
  expect(commands.slice(0, -1).every((line) => line.endsWith(" \\"))).toBe(true);
  expect(commands.slice(1).every((line) => line.startsWith("  | "))).toBe(true);
  const text = commands.join("");
  expect(text.split('"').length % 2).toBe(1);
  expect(text.split("(").length).toBe(text.split(")").length);
});

test.each(presets)(
  "Sigma: $id is a rule and a correlation as the specification has them",
  (rule) => {
    const documents = parseAllDocuments(exporter("sigma").write(rule));
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const [base, correlation] = documents.map((each) => each.toJS() as unknown);
    const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(base).toMatchObject({
      id: uuid,
      name: "mfa_denial",
      status: "experimental",
      logsource: { product: "azure", service: "signinlogs" },
      detection: { condition: "denial and not other", denial: { ResultType: 500121 } },
    });
    expect(correlation).toMatchObject({
      id: uuid,
      correlation: {
        type: "event_count",
        rules: ["mfa_denial"],
        "group-by": ["UserId"],
        timespan: expect.stringMatching(/^\d+[smhd]$/),
        condition: { gte: rule.threshold },
      },
      level: rule.severity.toLowerCase(),
    });
  },
);

test("Elastic: the query is a sequence, with the approval where the rule wants one", () => {
  const plain = exporter("elastic").write(explicitDeny);
  expect(plain).toContain("sequence by azure.signinlogs.properties.user_id with maxspan=900s");
  expect(plain).toContain("with runs=5\n'''");
  const approvals = exporter("elastic").write(thenApprove);
  expect(approvals).toMatch(/with runs=2\n {2}\[authentication where .*\n.*error_code == 0 and/);
  const single = exporter("elastic").write({ ...explicitDeny, threshold: 1 });
  expect(single).toContain("query = '''\nauthentication where");
  expect(exporter("elastic").write({ ...thenApprove, threshold: 1 })).toMatch(
    /^sequence by (?:(?!runs=)[^])*error_code == 0/m,
  );
  // Elastic refuses it for sequences.
  expect(plain).not.toContain("timestamp_override");
});

test("lengths are whole numbers where the engine wants them", () => {
  const odd = { ...explicitDeny, windowMs: 90_500 };
  expect(exporter("elastic").write(odd)).toContain("maxspan=90500ms");
  expect(exporter("splunk").write(odd)).toContain("time_window=91s");
  expect(exporter("sigma").write(odd)).toContain("timespan: 91s");
});

test("a name ends neither a stanza, a line nor a text", () => {
  const rule = { ...explicitDeny, name: "a]\n\"b'''" };
  const [first = "", second] = exporter("splunk").write(rule).split("\n");
  expect([/^\[[^[\]]*\]$/.test(first), second]).toEqual([true, "enableSched = 1"]);
  expect(parse(exporter("sentinel").write(rule))).toMatchObject({ name: rule.name });
  expect(exporter("elastic").write(rule)).toContain(`name = ${JSON.stringify(rule.name)}\n`);
});

describe("the models of exported rules", () => {
  const steps = { resultType: "0", status: "", steps: five.map((at) => denied(at)) };

  it("take the steps of a row apart, and show a prompt again only once", () => {
    const model = modelOf("sentinel", explicitDeny);
    expect(fire(model, rowsOf({ at: "09:16", ...steps }))).toHaveLength(1);
    const four = { ...steps, steps: steps.steps.slice(1) };
    const again = rowsOf({ at: "09:16", ...four }, { at: "09:16", ...four });
    expect(whyMissed(model, again)).toBe("few");
  });

  it("judge a row without telling steps by its Status", () => {
    const rows = rowsOf(...five.map((at) => refused(at, { steps: [] })));
    expect(fire(modelOf("splunk", explicitDeny), rows)).toHaveLength(1);
  });

  it("lose a row that is published after the look-back", () => {
    const rows = rowsOf(
      refused("09:12", { published: "11:00" }),
      ...five.slice(1).map((at) => refused(at)),
    );
    for (const id of ["sentinel", "splunk", "elastic"]) {
      expect([id, whyMissed(modelOf(id, explicitDeny), rows)]).toEqual([id, "late"]);
    }
  });

  it("count rows and no steps in Sigma and Elastic", () => {
    for (const id of ["sigma", "elastic"]) {
      expect(whyMissed(modelOf(id, explicitDeny), rowsOf({ at: "09:16", ...steps }))).toBe(
        "countsNone",
      );
    }
  });

  it("split a burst across an edge in Sigma", () => {
    expect(
      whyMissed(modelOf("sigma", explicitDeny), rowsOf(...five.map((at) => refused(at)))),
    ).toBe("edge");
  });

  it("want an approval after the denials, within its time", () => {
    const approval = (at: string) => ({ ...refused(at), resultType: "0", steps: [approved(at)] });
    const denials = [refused("09:00"), refused("09:50")];
    const fires = (id: string, at: string) =>
      fire(modelOf(id, thenApprove), rowsOf(...denials, approval(at))).length;
    expect(["08:00", "09:55", "10:40"].map((at) => fires("sentinel", at))).toEqual([0, 1, 1]);
    // The span of these begins with the first denial.
    expect(["08:00", "09:55", "10:40"].map((at) => fires("elastic", at))).toEqual([0, 1, 0]);
    expect(["08:00", "09:55", "10:40"].map((at) => fires("splunk", at))).toEqual([0, 1, 0]);
  });

  it("keep fixed spans where the engine has them", () => {
    expect(modelOf("sentinel", multipleDenied).bins).toEqual({ kind: "fixed", ms: 600_000 });
    expect(modelOf("elastic", multipleDenied).bins).toMatchObject({ kind: "sequence" });
  });

  it("leave consent that was declined to an application alone", () => {
    const consent = "user declined to consent to access the app";
    const rows = rowsOf(...five.map((at) => refused(at, { status: consent, steps: [] })));
    expect(exporters.map(({ id }) => fire(modelOf(id, explicitDeny), rows).length)).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

test("what cannot be exported is refused with its reason", async () => {
  const refuse = async (...args: readonly string[]) => {
    const { code, err } = await cli(["rules", ...args]);
    return [code, err.split("\n")[0]];
  };
  expect(await refuse("--export", "sentinal")).toEqual([
    2,
    expect.stringContaining("did you mean sentinel?"),
  ]);
  expect(await refuse("--export", "sigma", "--check", "x")).toEqual([
    2,
    expect.stringContaining("--check and --export cannot be combined"),
  ]);
  expect(await refuse("--rule", "x")).toEqual([
    2,
    expect.stringContaining("--rule goes with --export"),
  ]);
  expect(await refuse("--export", "sigma", "--rule", "x")).toEqual([
    2,
    expect.stringContaining("--rule is 'x'; the rules are"),
  ]);
  expect(await refuse("--export", "sigma", "a", "b")).toEqual([
    2,
    expect.stringContaining("rules exports one file at a time"),
  ]);
});
