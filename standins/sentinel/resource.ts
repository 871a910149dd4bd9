import { randomBytes } from "node:crypto";
import type { CommentContent, IncidentContent, TaskContent, Written } from "./content.ts";
import { conflict } from "../service/problem.ts";

export interface Resource<P> {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Part of the body. There is no ETag header. */
  readonly etag: string;
  readonly properties: P;
}

interface Times {
  readonly createdTimeUtc: string;
  readonly lastModifiedTimeUtc: string;
}

export interface Person {
  readonly objectId: string | null;
  readonly email: string | null;
  readonly userPrincipalName: string | null;
  readonly name: string | null;
}

export type IncidentResource = Resource<
  IncidentContent &
    Times & {
      readonly labels: readonly { readonly labelName: string; readonly labelType: "User" }[];
      readonly incidentNumber: number;
      readonly incidentUrl: string;
      readonly providerName: string;
      readonly providerIncidentId: string;
      readonly relatedAnalyticRuleIds: readonly string[];
      readonly additionalData: {
        readonly alertsCount: number;
        readonly bookmarksCount: number;
        readonly commentsCount: number;
        readonly alertProductNames: readonly string[];
        readonly tactics: readonly string[];
      };
    }
>;
export type CommentResource = Resource<CommentContent & Times & { readonly author: Person }>;
export type TaskResource = Resource<
  TaskContent & Times & { readonly createdBy: Person; readonly lastModifiedBy: Person }
>;

/** The effect of a PUT without an etag on an existing resource, which the service does not document. */
export type BlindPut = "overwrite" | "conflict";

/** @throws {Problem} if the caller's version is not the newest */
export function checkEtag(
  existing: Resource<unknown>,
  { etag }: Written<unknown>,
  blindPut: BlindPut,
): void {
  const blind = etag === undefined && blindPut === "overwrite";
  if (!blind && etag !== existing.etag) {
    throw conflict(existing.name);
  }
}

export const newEtag = () => `"0300bf09-0000-0000-0000-${randomBytes(6).toString("hex")}"`;
