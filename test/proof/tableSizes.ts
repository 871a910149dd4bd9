import type { TableClient } from "@azure/data-tables";
import { expect } from "vitest";

/** What Table Storage takes, bytes; text is stored as UTF-16. */
const limits = {
  property: 64 * 1024,
  entity: 1024 * 1024,
  changes: 100,
  transaction: 4 * 1024 * 1024,
} as const;

/** The largest of what a client sent. */
export interface Sizes {
  property: number;
  entity: number;
  changes: number;
  transaction: number;
}

/** Measures every write of a client, the moment before it goes out. */
export function measureWrites({ pipeline }: TableClient): Sizes {
  const sizes: Sizes = { property: 0, entity: 0, changes: 0, transaction: 0 };
  pipeline.addPolicy(
    {
      name: "measureWrites",
      sendRequest: (request, next) => {
        const { body, method, url } = request;
        if (typeof body === "string" && method !== "GET") {
          const isBatch = url.includes("$batch");
          measure(sizes, body);
          if (isBatch) {
            const changes = body.match(/^(?:PUT|POST|MERGE|PATCH|DELETE) /gm)?.length ?? 0;
            sizes.changes = Math.max(sizes.changes, changes);
            sizes.transaction = Math.max(sizes.transaction, Buffer.byteLength(body));
          }
        }
        return next(request);
      },
    },
    { afterPhase: "Sign" },
  );
  return sizes;
}

/** Each entity is JSON on its own line. */
function measure(sizes: Sizes, body: string): void {
  for (const line of body.split("\n").filter((text) => text.startsWith("{"))) {
    const entity = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const lengths = Object.entries(entity).map(
      ([name, value]) => 2 * (name.length + String(value).length),
    );
    sizes.property = Math.max(sizes.property, ...lengths);
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    sizes.entity = Math.max(sizes.entity, whole);
  }
}

export function expectWithinLimits(sizes: Sizes): void {
  expect(sizes.changes).toBeGreaterThan(0);
  for (const name of ["property", "entity", "changes", "transaction"] as const) {
    expect([name, sizes[name] <= limits[name]]).toEqual([name, true]);
  }
}
