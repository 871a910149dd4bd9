import * as v from "valibot";
import { badRequest } from "../service/problem.ts";

/** Limits of the service. */
export const limits = {
  description: 5_000,
  comment: 30_000,
  commentsPerIncident: 100,
  tasksPerIncident: 40,
} as const;

const filled = v.pipe(v.string(), v.trim(), v.nonEmpty("must not be empty"));
const text = (length: number) => v.nullish(v.pipe(v.string(), v.maxLength(length)));
const time = v.nullish(v.pipe(v.string(), v.isoTimestamp()));
/** JSON has two ways of omitting a value, and the service accepts both. */
const optional = v.nullish(v.string());

const owner = v.object({
  objectId: optional,
  email: optional,
  userPrincipalName: optional,
  assignedTo: optional,
});

// An object schema drops unknown properties, so read-only ones that a client sends back are ignored.
const incident = v.pipe(
  v.object({
    title: filled,
    severity: v.picklist(["High", "Medium", "Low", "Informational"]),
    status: v.picklist(["New", "Active", "Closed"]),
    description: text(limits.description),
    classification: v.nullish(
      v.picklist(["Undetermined", "TruePositive", "BenignPositive", "FalsePositive"]),
    ),
    classificationReason: v.nullish(
      v.picklist([
        "SuspiciousActivity",
        "SuspiciousButExpected",
        "IncorrectAlertLogic",
        "InaccurateData",
      ]),
    ),
    classificationComment: optional,
    firstActivityTimeUtc: time,
    lastActivityTimeUtc: time,
    labels: v.nullish(v.array(v.object({ labelName: filled }))),
    owner: v.nullish(owner),
  }),
  v.check(
    ({ status, classification }) => status !== "Closed" || typeof classification === "string",
    "a closed incident needs a classification",
  ),
);

const comment = v.object({ message: v.pipe(filled, v.maxLength(limits.comment)) });

const task = v.object({
  title: filled,
  status: v.picklist(["New", "Completed"]),
  description: optional,
});

export type IncidentContent = v.InferOutput<typeof incident>;
export type CommentContent = v.InferOutput<typeof comment>;
export type TaskContent = v.InferOutput<typeof task>;

/** The properties that a caller may write, and the version it believes to be the newest. */
export interface Written<T> {
  readonly etag?: string;
  readonly content: T;
}

export const readIncident = (body: unknown) => read(incident, body);
export const readComment = (body: unknown) => read(comment, body);
export const readTask = (body: unknown) => read(task, body);

function read<T>(properties: v.GenericSchema<unknown, T>, body: unknown): Written<T> {
  const result = v.safeParse(v.object({ etag: optional, properties }), body);
  if (!result.success) {
    const problems = result.issues.map((issue) => {
      const where = v.getDotPath(issue);
      return where === null ? issue.message : `${where}: ${issue.message}`;
    });
    throw badRequest(`The request is invalid. ${problems.join("; ")}.`);
  }
  const { etag } = result.output;
  return {
    content: result.output.properties,
    ...(typeof etag === "string" && etag !== "" && { etag }),
  };
}
