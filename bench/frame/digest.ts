import { createHash } from "node:crypto";

/** A short name of a value. Equal values have equal names, whatever the order of their properties. */
export function digestOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex")
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value instanceof Map) {
    return sorted(Object.fromEntries(value));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

export interface Digested {
  readonly name: string;
  readonly digest: string;
}

/** Describes a difference between candidates that should find the same; null if there is none. */
export function mismatchIn(results: readonly Digested[]): string | null {
  const byDigest = new Map<string, Set<string>>();
  for (const { name, digest } of results) {
    byDigest.set(digest, (byDigest.get(digest) ?? new Set()).add(name));
  }
  if (byDigest.size <= 1) {
    return null;
  }
  const groups = [...byDigest].map(([digest, names]) => `${digest}: ${[...names].join(", ")}`);
  return `findings differ: ${groups.join("; ")}`;
}
