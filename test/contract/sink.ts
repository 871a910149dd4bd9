import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IncidentSink } from "../../src/run/ports.ts";
import { approvedIncident, id, incident } from "../run/incidents.ts";

/** What a reader sees of a finding, however the sink keeps it. */
export interface Seen {
  readonly revision: number;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  /** Ids of the findings that it was merged into. */
  readonly mergedInto: readonly string[];
  /** All that there is to see of it, to be compared with itself. */
  readonly whole: unknown;
}

export interface SinkUnderTest {
  readonly sink: IncidentSink;
  /** Null if it shows nothing. */
  seen(finding: string): Promise<Seen | null>;
  /** One request to the service fails, after so many that go well. */
  failAfter(requests: number): void;
  /** Forgets a failure that has not come. */
  heal(): void;
  stop(): Promise<void>;
}

/** What every sink does, whatever stands behind it. */
export function sinkContract(name: string, start: () => Promise<SinkUnderTest>): void {
  describe(name, () => {
    let under: SinkUnderTest;
    beforeEach(async () => {
      under = await start();
    });
    afterEach(() => under.stop());

    const seen = async () => {
      const found = await under.seen(id);
      if (found === null) {
        throw new Error("there is nothing to see");
      }
      return found;
    };

    test("has a name, by which its deliveries are recorded", () => {
      expect(under.sink.name).toMatch(/^\w+$/);
    });

    test("shows what was delivered", async () => {
      expect(await under.seen(id)).toBeNull();
      await under.sink.deliver(incident(1));
      const { title, description, severity } = incident(1).text;
      expect(await seen()).toMatchObject({ revision: 1, title, description, severity });
      expect((await seen()).mergedInto).toEqual([]);
    });

    test("shows once what was delivered twice", async () => {
      await under.sink.deliver(incident(1));
      const once = await seen();
      await under.sink.deliver(incident(1));
      expect(await seen()).toEqual(once);
      await under.sink.deliver(incident(2, { sentRevision: 1 }));
      const grown = await seen();
      await under.sink.deliver(incident(2, { sentRevision: 1 }));
      expect(await seen()).toEqual(grown);
    });

    test("brings it up to date", async () => {
      await under.sink.deliver(incident(1));
      await under.sink.deliver({ ...approvedIncident(2), sentRevision: 1 });
      expect(await seen()).toMatchObject({
        revision: 2,
        severity: "High",
        title: incident(1).text.title,
        description: incident(2).text.description,
      });
    });

    test("never goes back to an earlier revision", async () => {
      await under.sink.deliver(incident(3));
      await under.sink.deliver(incident(2));
      expect(await seen()).toMatchObject({
        revision: 3,
        description: incident(3).text.description,
      });
    });

    test("keeps findings apart", async () => {
      const other = "6513270e-269e-5d37-a2f7-000000000002";
      await under.sink.deliver(incident(1));
      const before = await seen();
      await under.sink.deliver(incident(1, { id: other }));
      await under.sink.deliver(incident(2, { id: other, sentRevision: 1 }));
      expect(await seen()).toEqual(before);
      expect((await under.seen(other))?.revision).toBe(2);
    });

    test("notes a merge once", async () => {
      await under.sink.deliver(incident(1));
      await under.sink.noteMerge(id, "the-keeper");
      await under.sink.noteMerge(id, "the-keeper");
      expect((await seen()).mergedInto).toEqual(["the-keeper"]);
      expect((await seen()).description).toBe(incident(1).text.description);
    });

    test.each([
      ["an opening", [], () => under.sink.deliver(incident(1))],
      [
        "a growth",
        [incident(1)],
        () => under.sink.deliver({ ...approvedIncident(2), sentRevision: 1 }),
      ],
      ["a merge", [incident(1)], () => under.sink.noteMerge(id, "the-keeper")],
    ])("can be given %s again that failed at any request", async (_, before, deliver) => {
      const begin = async () => {
        await under.stop();
        under = await start();
        for (const each of before) {
          await under.sink.deliver(each);
        }
      };
      await begin();
      await deliver();
      const expected = await seen();
      let failed = true;
      for (let requests = 0; failed; requests++) {
        await begin();
        under.failAfter(requests);
        failed = await deliver().then(
          () => false,
          () => true,
        );
        under.heal();
        if (failed) {
          await deliver();
        }
        expect(await seen()).toEqual(expected);
        if (!failed) {
          expect(requests).toBeGreaterThan(0);
        }
      }
    });
  });
}
