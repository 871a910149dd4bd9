import type { IncidentContent, Written } from "./content.ts";
import { notFound } from "../service/problem.ts";
import { checkEtag, newEtag, type BlindPut, type IncidentResource } from "./resource.ts";

export interface Put<R> {
  readonly created: boolean;
  readonly resource: R;
}

/** The incidents of the stand-in's workspace, by name, in order of creation. */
export class Incidents {
  readonly #incidents = new Map<string, IncidentResource>();
  readonly #now: () => string;
  readonly #blindPut: BlindPut;
  #lastNumber = 0;

  constructor(now: () => string, blindPut: BlindPut) {
    this.#now = now;
    this.#blindPut = blindPut;
  }

  all(): readonly IncidentResource[] {
    return [...this.#incidents.values()];
  }

  /** @throws {Problem} 404 */
  get(name: string): IncidentResource {
    const incident = this.#incidents.get(name.toLowerCase());
    if (incident === undefined) {
      throw notFound(name);
    }
    return incident;
  }

  put(workspace: string, name: string, written: Written<IncidentContent>): Put<IncidentResource> {
    const existing = this.#incidents.get(name);
    if (existing) {
      checkEtag(existing, written, this.#blindPut);
    }
    const { content } = written;
    const resource = existing
      ? this.#renew(existing, content)
      : this.#create(workspace, name, content);
    return { created: !existing, resource };
  }

  /** Changes some properties, like an analyst in the portal, and keeps the others. */
  edit(name: string, changes: Partial<IncidentContent>): IncidentResource {
    const existing = this.get(name);
    return this.#renew(existing, { ...existing.properties, ...changes });
  }

  /** The number of comments is part of the incident, so a comment gives it a new version as well. */
  countComments(name: string, commentsCount: number): void {
    const { properties } = this.get(name);
    const additionalData = { ...properties.additionalData, commentsCount };
    this.#save(name, { ...this.get(name), properties: { ...properties, additionalData } });
  }

  /** Returns whether there was one. */
  delete(name: string): boolean {
    return this.#incidents.delete(name.toLowerCase());
  }

  #create(workspace: string, name: string, content: IncidentContent): IncidentResource {
    const id = `${workspace}/providers/Microsoft.SecurityInsights/Incidents/${name}`;
    const incidentNumber = ++this.#lastNumber;
    return this.#save(name, {
      id,
      name,
      type: "Microsoft.SecurityInsights/Incidents",
      etag: "",
      properties: {
        ...writable(content),
        createdTimeUtc: this.#now(),
        lastModifiedTimeUtc: "",
        incidentNumber,
        incidentUrl: `https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident${id}`,
        providerName: "Azure Sentinel",
        providerIncidentId: String(incidentNumber),
        relatedAnalyticRuleIds: [],
        additionalData: {
          alertsCount: 0,
          bookmarksCount: 0,
          commentsCount: 0,
          alertProductNames: [],
          tactics: [],
        },
      },
    });
  }

  #renew(existing: IncidentResource, content: IncidentContent): IncidentResource {
    const properties = { ...existing.properties, ...writable(content) };
    return this.#save(existing.name, { ...existing, properties });
  }

  #save(name: string, resource: IncidentResource): IncidentResource {
    const saved = {
      ...resource,
      etag: newEtag(),
      properties: { ...resource.properties, lastModifiedTimeUtc: this.#now() },
    };
    this.#incidents.set(name.toLowerCase(), saved);
    return saved;
  }
}

/** A PUT replaces the incident: every property that it omits is reset. */
function writable(content: IncidentContent) {
  const { owner } = content;
  return {
    title: content.title,
    severity: content.severity,
    status: content.status,
    description: content.description ?? null,
    classification: content.classification ?? null,
    classificationReason: content.classificationReason ?? null,
    classificationComment: content.classificationComment ?? null,
    firstActivityTimeUtc: content.firstActivityTimeUtc ?? null,
    lastActivityTimeUtc: content.lastActivityTimeUtc ?? null,
    labels: (content.labels ?? []).map(({ labelName }) => ({
      labelName,
      labelType: "User" as const,
    })),
    owner: {
      objectId: owner?.objectId ?? null,
      email: owner?.email ?? null,
      userPrincipalName: owner?.userPrincipalName ?? null,
      assignedTo: owner?.assignedTo ?? null,
    },
  };
}
