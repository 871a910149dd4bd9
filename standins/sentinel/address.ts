import { Problem, badRequest } from "../service/problem.ts";

type Children = "comments" | "tasks";

/** The resource in the path of a request: the incidents of a workspace, one of them, or its comments or tasks. */
export interface Address {
  readonly workspace: string;
  readonly incident?: string;
  readonly children?: Children;
  readonly child?: string;
}

const incidents =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+)\/providers\/Microsoft\.SecurityInsights\/incidents(?:\/([^/]+)(?:\/(comments|tasks)(?:\/([^/]+))?)?)?\/?$/i;

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Resource ids are case-insensitive. Names are returned in lower case. */
export function parseAddress(path: string): Address {
  const parts = incidents.exec(path);
  if (parts?.[1] === undefined) {
    throw new Problem(
      404,
      "InvalidResourceType",
      `The stand-in knows incidents, their comments and their tasks, not '${path}'.`,
    );
  }
  const [, workspace, incident, children, child] = parts;
  const address = {
    workspace,
    ...(incident && { incident: name(incident) }),
    ...(children && { children: children.toLowerCase() as Children }),
    ...(child && { child: name(child) }),
  };
  return address;
}

function name(text: string): string {
  if (!guid.test(text)) {
    throw badRequest(`'${text}' is not a GUID, so it cannot name a resource.`);
  }
  return text.toLowerCase();
}
