import { parse, v5 } from "uuid";

/** The namespace of this project's ids. Changing it would open every known incident again. */
const namespace = parse("b1e0c1b6-6d5a-4f0e-9a3f-5c2d8a7e4f10");
const encoder = new TextEncoder();

/** Returns the id for a name: a UUIDv5. */
export function incidentId(name: string): string {
  return v5(encoder.encode(name), namespace);
}

/** Returns the id of a part (comment, task) of an incident. It is the same at every attempt. */
export function identifyPart(incident: string, part: string): string {
  return v5(part, incident);
}
