import { limits, type CommentContent, type TaskContent, type Written } from "./content.ts";
import type { Put } from "./incidents.ts";
import { badRequest, notFound } from "../service/problem.ts";
import {
  checkEtag,
  newEtag,
  type BlindPut,
  type CommentResource,
  type IncidentResource,
  type Person,
  type Resource,
  type TaskResource,
} from "./resource.ts";

/** The comments or tasks of incidents, by incident and name. */
class Family<C, R extends Resource<C>> {
  readonly #byIncident = new Map<string, Map<string, R>>();
  readonly #kind: "comments" | "tasks";
  readonly #limit: number;
  readonly #build: (content: C, former: R | undefined) => R["properties"];
  readonly #blindPut: BlindPut;

  constructor(
    kind: "comments" | "tasks",
    limit: number,
    blindPut: BlindPut,
    build: (content: C, former: R | undefined) => R["properties"],
  ) {
    this.#kind = kind;
    this.#limit = limit;
    this.#blindPut = blindPut;
    this.#build = build;
  }

  of(incident: string): readonly R[] {
    return [...this.#family(incident).values()];
  }

  /** @throws {Problem} 404 */
  get(incident: string, name: string): R {
    const child = this.#family(incident).get(name.toLowerCase());
    if (child === undefined) {
      throw notFound(`${incident}/${this.#kind}/${name}`);
    }
    return child;
  }

  put(incident: IncidentResource, name: string, written: Written<C>): Put<R> {
    const family = this.#family(incident.name);
    const former = family.get(name);
    if (former) {
      checkEtag(former, written, this.#blindPut);
    }
    if (!former && family.size >= this.#limit) {
      throw badRequest(`An incident has at most ${this.#limit} ${this.#kind}.`);
    }
    return { created: !former, resource: this.#save(incident, name, written.content, former) };
  }

  edit(incident: IncidentResource, name: string, changes: Partial<C>): R {
    const former = this.get(incident.name, name);
    return this.#save(incident, name.toLowerCase(), { ...former.properties, ...changes }, former);
  }

  /** Returns whether there was one. */
  delete(incident: string, name: string): boolean {
    return this.#family(incident).delete(name);
  }

  deleteAll(incident: string): void {
    this.#byIncident.delete(incident.toLowerCase());
  }

  #save(incident: IncidentResource, name: string, content: C, former: R | undefined): R {
    const resource = {
      id: `${incident.id}/${this.#kind}/${name}`,
      name,
      type: `Microsoft.SecurityInsights/Incidents/${this.#kind}`,
      etag: newEtag(),
      properties: this.#build(content, former),
    } as R;
    this.#family(incident.name).set(name, resource);
    return resource;
  }

  #family(incident: string): Map<string, R> {
    const key = incident.toLowerCase();
    const family = this.#byIncident.get(key) ?? new Map<string, R>();
    this.#byIncident.set(key, family);
    return family;
  }
}

/** The caller. A managed identity has neither mailbox nor UPN. */
const author: Person = { objectId: null, email: null, userPrincipalName: null, name: "app" };

export function commentFamily(now: () => string, blindPut: BlindPut) {
  return new Family<CommentContent, CommentResource>(
    "comments",
    limits.commentsPerIncident,
    blindPut,
    ({ message }, former) => ({
      message,
      createdTimeUtc: former?.properties.createdTimeUtc ?? now(),
      lastModifiedTimeUtc: now(),
      author,
    }),
  );
}

export function taskFamily(now: () => string, blindPut: BlindPut) {
  return new Family<TaskContent, TaskResource>(
    "tasks",
    limits.tasksPerIncident,
    blindPut,
    ({ title, status, description }, former) => ({
      title,
      status,
      description: description ?? null,
      createdTimeUtc: former?.properties.createdTimeUtc ?? now(),
      lastModifiedTimeUtc: now(),
      createdBy: author,
      lastModifiedBy: author,
    }),
  );
}
