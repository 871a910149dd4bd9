import type {
  IncidentApi,
  StoredIncident,
  TaskProperties,
} from "../../src/sinks/sentinel/incidentApi.ts";
import type { IncidentProperties } from "../../src/sinks/sentinel/incidentBody.ts";
import type { Incident } from "../../src/run/ports.ts";

export const id = "6513270e-269e-5d37-a2f7-000000000001";

/** An incident as it should be; growth is a higher revision with another text. */
export function incident(revision: number, more: Partial<Incident> = {}): Incident {
  return {
    id,
    revision,
    text: {
      title: "MFA push attack on alice@contoso.com",
      description: `alice@contoso.com refused ${4 + revision} prompts.\nNone was approved.\n\nMore of it.`,
      severity: "Medium",
      labels: ["explicit-mfa-deny", "T1621"],
      firstActivityAt: Date.UTC(2026, 2, 10, 9),
      lastActivityAt: Date.UTC(2026, 2, 10, 9, revision),
    },
    tasks: [
      { title: "Ask", description: "Call the user." },
      { title: "Review", description: "Compare places." },
    ],
    change: `Update (grew): revision ${revision}.`,
    summary: {
      rule: { id: "explicit-mfa-deny", name: "Explicit MFA Deny Detection", techniques: ["T1621"] },
      subject: {
        rule: "explicit-mfa-deny",
        workspaceId: null,
        tenantId: null,
        user: "alice@contoso.com",
      },
      reason: "first-seen",
      facts: {
        denials: 5,
        atLeast: false,
        fraudReports: 0,
        firstDenialAt: Date.UTC(2026, 2, 10, 9),
        triggeredAt: Date.UTC(2026, 2, 10, 9),
        lastDenialAt: Date.UTC(2026, 2, 10, 9),
        severity: "Medium",
        approval: null,
      },
      evidence: {
        userId: null,
        guest: false,
        ipAddresses: [],
        applications: [],
        userAgents: [],
        locations: [],
      },
      severitySince: 1,
    },
    sentRevision: 0,
    ...more,
  };
}

/** The same with an approval that came to light. */
export function approvedIncident(revision: number): Incident {
  const { text, summary, ...rest } = incident(revision);
  const { facts } = summary;
  const approval = { at: facts.lastDenialAt, match: "same-address" } as const;
  return {
    ...rest,
    text: { ...text, severity: "High", labels: [...text.labels, "approved-after"] },
    summary: {
      ...summary,
      facts: { ...facts, severity: "High", approval },
      severitySince: revision,
    },
  };
}

interface Held {
  readonly properties: IncidentProperties;
  readonly etag: number;
  readonly comments: ReadonlyMap<string, string>;
  readonly tasks: ReadonlyMap<string, TaskProperties>;
}

/** A service that keeps incidents with etags. `before` is told of every request and may throw or meddle. */
export class FakeService implements IncidentApi {
  readonly incidents = new Map<string, Held>();
  before: (request: string) => void = () => {};
  #etag = 0;

  get(key: string): Promise<StoredIncident | null> {
    return this.#serve("get", () => {
      const held = this.incidents.get(key);
      return held === undefined ? null : { properties: held.properties, etag: String(held.etag) };
    });
  }

  put(key: string, properties: IncidentProperties, etag: string | null): Promise<boolean> {
    return this.#serve("put", () => {
      const held = this.incidents.get(key);
      if ((held === undefined ? null : String(held.etag)) !== etag) {
        return false;
      }
      this.#set(key, { properties });
      return true;
    });
  }

  putComment(key: string, commentId: string, message: string): Promise<void> {
    return this.#serve("putComment", () => {
      this.#set(key, { comments: new Map([...this.held(key).comments, [commentId, message]]) });
    });
  }

  taskIds(key: string): Promise<ReadonlySet<string>> {
    return this.#serve("taskIds", () => new Set(this.held(key).tasks.keys()));
  }

  putTask(key: string, taskId: string, task: TaskProperties): Promise<void> {
    return this.#serve("putTask", () => {
      this.#set(key, { tasks: new Map([...this.held(key).tasks, [taskId, task]]) });
    });
  }

  held(key = id): Held {
    const held = this.incidents.get(key);
    if (held === undefined) {
      throw new Error(`there is no incident ${key}`);
    }
    return held;
  }

  /** What an analyst does: it changes the etag as well. */
  edit(properties: Readonly<Record<string, unknown>>, key = id): void {
    this.#set(key, { properties: { ...this.held(key).properties, ...properties } });
  }

  comments(key = id): readonly string[] {
    return [...this.held(key).comments.values()];
  }

  #serve<T>(request: string, answer: () => T): Promise<T> {
    try {
      this.before(request);
      return Promise.resolve(answer());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #set(key: string, change: Partial<Held>): void {
    const empty = {
      properties: { title: "", severity: "", status: "" },
      comments: new Map(),
      tasks: new Map(),
    };
    const held = this.incidents.get(key) ?? empty;
    this.incidents.set(key, { ...held, ...change, etag: ++this.#etag });
  }
}
