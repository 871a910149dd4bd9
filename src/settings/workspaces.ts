import * as v from "valibot";
import type { Rule } from "../detection/rules/rule.ts";
import { isFields } from "../detection/signin/fields.ts";
import { describeIssue, problemWith } from "./issues.ts";
import { readRuleValue } from "./ruleFile.ts";
import { isRulesFile, rulesFileMessage, sinkNames, type SinkName } from "./schemas.ts";

/** A Log Analytics workspace with Sentinel on it. */
export interface Workspace {
  readonly name: string;
  /** The GUID that queries use. */
  readonly workspaceId: string;
  /** `/subscriptions/…/providers/Microsoft.OperationalInsights/workspaces/…` */
  readonly resourceId: string;
  /** The workspace's own rules; absent if it uses those of the settings. */
  readonly rules?: RuleSource;
  readonly sinks?: readonly SinkName[];
  /** Client id of the user-assigned identity that reads and writes it. */
  readonly clientId?: string;
}

/** Rules, or the file that contains them: a path in the package, or the address of a blob. */
export type RuleSource = { readonly rules: readonly Rule[] } | { readonly file: string };

const guid = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.toLowerCase(),
  v.regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, "must be a GUID"),
);

const resourceId = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.regex(
    /^\/subscriptions\/[^/\s?#]+\/resourceGroups\/[^/\s?#]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/\s?#]+$/i,
    "must be the resource id of a Log Analytics workspace",
  ),
);

const workspace = v.strictObject(
  {
    name: v.pipe(
      v.string("must be text"),
      v.regex(/^[\w.-]{1,64}$/, "must be 1 to 64 letters, digits, dots, hyphens or underscores"),
    ),
    workspaceId: guid,
    resourceId,
    // A list is read with all other rules, and its problems are reported there.
    rules: v.optional(
      v.lazy((input) =>
        Array.isArray(input)
          ? v.array(v.unknown())
          : v.pipe(
              v.string("must be a file of rules or a list of rules"),
              v.nonEmpty("is empty"),
              v.check(isRulesFile, rulesFileMessage),
            ),
      ),
    ),
    sinks: v.optional(
      v.pipe(
        v.array(v.picklist(sinkNames, `must be one of ${sinkNames.join(", ")}`), "must be a list"),
        v.nonEmpty("is empty"),
      ),
    ),
    clientId: v.optional(guid),
  },
  "must be an object with name, workspaceId and resourceId",
);

const workspaceList = v.pipe(
  v.array(workspace, "must be a JSON array"),
  v.nonEmpty("names no workspace"),
  v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, "uses a name twice"),
  v.check(
    (all) => new Set(all.map(({ workspaceId }) => workspaceId)).size === all.length,
    "names a workspace twice",
  ),
);

export interface WorkspacesRead {
  readonly workspaces: readonly Workspace[];
  readonly problems: readonly string[];
}

/** @param given texts of WORKSPACES, LOG_ANALYTICS_WORKSPACE_ID and SENTINEL_WORKSPACE_RESOURCE_ID */
export function readWorkspaces(
  given: {
    readonly list: string;
    readonly workspaceId: string;
    readonly resourceId: string;
  },
  ruleDefaults: Partial<Rule> = {},
): WorkspacesRead {
  const single = given.workspaceId !== "" || given.resourceId !== "";
  if (given.list !== "") {
    return single
      ? failed([
          "WORKSPACES is given together with LOG_ANALYTICS_WORKSPACE_ID or SENTINEL_WORKSPACE_RESOURCE_ID; only one way is possible",
        ])
      : readList(given.list, ruleDefaults);
  }
  const id = v.safeParse(guid, given.workspaceId);
  const resource = v.safeParse(resourceId, given.resourceId);
  const problems = [
    ...problemsOf("LOG_ANALYTICS_WORKSPACE_ID", given.workspaceId, id.issues),
    ...problemsOf("SENTINEL_WORKSPACE_RESOURCE_ID", given.resourceId, resource.issues),
  ];
  return id.success && resource.success
    ? {
        workspaces: [{ name: "default", workspaceId: id.output, resourceId: resource.output }],
        problems,
      }
    : failed(problems);
}

function readList(text: string, ruleDefaults: Partial<Rule>): WorkspacesRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(["WORKSPACES is not valid JSON"]);
  }
  const read = v.safeParse(workspaceList, value);
  const problems = [...problemsOf("WORKSPACES", text, read.issues), ...problemsOfRules(value)];
  if (!read.success || problems.length > 0) {
    return failed(problems);
  }
  const workspaces = read.output.map(({ rules, sinks, clientId, ...own }): Workspace => ({
    ...own,
    ...(Array.isArray(rules)
      ? { rules: { rules: readRuleValue(rules, ruleDefaults).rules } }
      : typeof rules === "string"
        ? { rules: { file: rules } }
        : {}),
    ...(sinks === undefined ? {} : { sinks: [...new Set(sinks)] }),
    ...(clientId === undefined ? {} : { clientId }),
  }));
  return { workspaces, problems };
}

/** Returns the problems with the rules that workspaces list, whatever other problems there are. */
function problemsOfRules(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : []).flatMap((each: unknown, index) => {
    const rules = isFields(each) ? each["rules"] : null;
    const { problems } = Array.isArray(rules) ? readRuleValue(rules) : { problems: [] };
    return problems.map((problem) => problemWith(`WORKSPACES[${index}].rules`, problem));
  });
}

function problemsOf(
  name: string,
  text: string,
  issues: readonly v.BaseIssue<unknown>[] | undefined,
): readonly string[] {
  if (issues !== undefined && text === "") {
    return [`${name} is missing`];
  }
  return (issues ?? []).map((issue) => problemWith(name, describeIssue(issue)));
}

function failed(problems: readonly string[]): WorkspacesRead {
  return { workspaces: [], problems };
}
