import type { Address } from "./address.ts";
import { commentFamily, taskFamily } from "./children.ts";
import { readComment, readIncident, readTask } from "./content.ts";
import { Incidents, type Put } from "./incidents.ts";
import { page } from "./page.ts";
import { Problem } from "../service/problem.ts";
import type { ServiceRequest } from "../service/request.ts";
import type { BlindPut, IncidentResource } from "./resource.ts";

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** Incidents with their comments and tasks, and the REST operations on them. */
export class Workspace {
  readonly incidents: Incidents;
  readonly comments: ReturnType<typeof commentFamily>;
  readonly tasks: ReturnType<typeof taskFamily>;
  /** From then on incidents are Defender's, and come without their description. */
  hasJoinedDefender = false;

  constructor(clock: () => number, blindPut: BlindPut) {
    const now = () => new Date(clock()).toISOString();
    this.incidents = new Incidents(now, blindPut);
    this.comments = commentFamily(now, blindPut);
    this.tasks = taskFamily(now, blindPut);
  }

  /** @throws {Problem} */
  act(address: Address, request: ServiceRequest, base: string): Answer {
    switch (request.method) {
      case "GET":
        return { status: 200, body: this.#read(address, request, base) };
      case "PUT":
        return written(this.#write(address, request.body));
      case "DELETE":
        return { status: this.#delete(address) ? 200 : 204 };
      default:
        throw unsupported(request.method);
    }
  }

  /** Removes an incident with its comments and tasks. Returns whether there was one. */
  remove(incident: string): boolean {
    this.comments.deleteAll(incident);
    this.tasks.deleteAll(incident);
    return this.incidents.delete(incident);
  }

  #read({ incident, children, child }: Address, request: ServiceRequest, base: string): unknown {
    if (incident === undefined) {
      return page(this.incidents.all(), request, base);
    }
    const { name } = this.incidents.get(incident);
    if (children === undefined) {
      return this.hasJoinedDefender
        ? asInDefender(this.incidents.get(name))
        : this.incidents.get(name);
    }
    const family = this[children];
    return child === undefined ? page(family.of(name), request, base) : family.get(name, child);
  }

  #write({ workspace, incident, children, child }: Address, body: unknown): Put<unknown> {
    if (incident === undefined) {
      throw unsupported("PUT");
    }
    if (children === undefined) {
      return this.incidents.put(workspace, incident, readIncident(body));
    }
    if (child === undefined) {
      throw unsupported("PUT");
    }
    const parent = this.incidents.get(incident);
    if (children === "tasks") {
      return this.tasks.put(parent, child, readTask(body));
    }
    const put = this.comments.put(parent, child, readComment(body));
    this.#count(incident);
    return put;
  }

  #delete({ incident, children, child }: Address): boolean {
    if (incident === undefined) {
      throw unsupported("DELETE");
    }
    if (children === undefined) {
      return this.remove(incident);
    }
    if (child === undefined) {
      throw unsupported("DELETE");
    }
    const deleted = this[children].delete(this.incidents.get(incident).name, child);
    if (deleted && children === "comments") {
      this.#count(incident);
    }
    return deleted;
  }

  #count(incident: string): void {
    this.incidents.countComments(incident, this.comments.of(incident).length);
  }
}

const asInDefender = ({ properties, ...rest }: IncidentResource): IncidentResource => ({
  ...rest,
  properties: { ...properties, description: "", providerName: "Microsoft XDR" },
});

const written = ({ created, resource }: Put<unknown>): Answer => ({
  status: created ? 201 : 200,
  body: resource,
});

const unsupported = (method: string) =>
  new Problem(405, "UnsupportedHttpMethod", `The resource does not support '${method}'.`);
