import { describe, expect, test } from "vitest";
import { incidentApiSink } from "../../../src/sinks/sentinel/incidentApi.ts";
import { revisionOf } from "../../../src/sinks/sentinel/incidentBody.ts";
import { identifyPart } from "../../../src/detection/incidents/identity.ts";
import type { Incident } from "../../../src/run/ports.ts";
import { UpstreamError } from "../../../src/run/upstreamError.ts";
import { approvedIncident, FakeService, id, incident } from "../../run/incidents.ts";

const theirTask = { title: "Theirs", description: "", status: "New" } as const;

function sinkOn(service = new FakeService()) {
  return { service, sink: incidentApiSink("test", service) };
}

describe("a sink", () => {
  test("creates an incident with its tasks and no comment", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    const { properties, tasks } = service.held();
    expect(properties).toMatchObject({ status: "New", severity: "Medium" });
    expect([...tasks.values()]).toEqual(
      incident(1).tasks.map((task) => ({ ...task, status: "New" })),
    );
    expect(service.comments()).toEqual([]);
  });

  test("delivered to again changes nothing", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    await sink.deliver(incident(2));
    const before = withoutEtags(service);
    await sink.deliver(incident(2));
    await sink.deliver(incident(1));
    expect(withoutEtags(service)).toEqual(before);
  });

  test("describes each revision in one comment, after the change itself", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    const requests: string[] = [];
    service.before = (request) => requests.push(request);
    await sink.deliver(incident(2, { sentRevision: 1 }));
    await sink.deliver(incident(3, { sentRevision: 1 }));
    expect(service.comments()).toEqual([
      "Update (grew): revision 2.",
      "Update (grew): revision 3.",
    ]);
    expect(requests).toEqual(["get", "put", "putComment", "get", "put", "putComment"]);
  });

  test("never goes back to an earlier revision, unless this is known to be the newest", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(3));
    const before = service.held();
    await sink.deliver(incident(2));
    expect(service.held()).toEqual(before);
    await sink.deliver(incident(2, { newest: true }));
    expect(service.held().properties.description).toContain("refused 6 prompts");
    const after = service.held();
    await sink.deliver(incident(2, { newest: true }));
    expect(service.held()).toEqual(after);
  });
});

describe("what is delivered as the newest", () => {
  test("takes the revision that it was judged at, or the next one where that is taken", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    await sink.deliver(incident(5, { newest: true }));
    expect(revisionOf(service.held().properties)).toBe(5);
    const { text } = incident(6);
    await sink.deliver(incident(5, { newest: true, text }));
    expect(service.held().properties.description).toBe(text.description);
    expect(revisionOf(service.held().properties)).toBe(6);
  });

  test("is described once, in the words of the change", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    await sink.deliver(incident(2, { newest: true, change: "It grew." }));
    await sink.deliver(incident(2, { newest: true, change: "It is as it was." }));
    expect(service.comments()).toEqual(["It grew."]);
  });
});

describe("comments and tasks", () => {
  test("have ids that never change, so that no version writes again what another wrote", async () => {
    const { service, sink } = sinkOn();
    const idsOf = (...names: readonly string[]) => names.map((name) => identifyPart(id, name));
    await sink.deliver(incident(1));
    expect([...service.held().tasks.keys()]).toEqual(idsOf("task 1", "task 2"));
    await sink.deliver(incident(2));
    await sink.deliver(incident(51));
    await sink.noteMerge(id, "keeper");
    await sink.noteMerge(id, "other");
    service.edit({ status: "Closed" });
    await sink.deliver(approvedIncident(52));
    expect([...service.held().comments.keys()]).toEqual(
      idsOf(
        "revision 2",
        "later revisions",
        "merged into keeper",
        "merged into other",
        "growth after closing",
      ),
    );
    expect([...service.incidents.keys()]).toEqual([id, ...idsOf("after closing")]);
  });

  test("leave room for analysts: from the fiftieth change on there is one, which is rewritten", async () => {
    const { service, sink } = sinkOn();
    for (const revision of [1, 50, 51, 52]) {
      await sink.deliver(incident(revision));
    }
    expect(service.comments()).toEqual([
      "Update (grew): revision 50.",
      "Update (grew): revision 52.\n(Change 51 of this incident; from the 50th on, each replaces the one before.)",
    ]);
  });

  test("are no more than the service takes, with those of analysts", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    const theirs = Array.from({ length: 39 }, (_, i) => [`theirs ${i}`, theirTask] as const);
    service.incidents.set(id, { ...service.held(), tasks: new Map(theirs) });
    await sink.deliver(incident(2));
    expect(service.held().tasks.size).toBe(40);
    expect(service.held().tasks.has(identifyPart(id, "task 1"))).toBe(true);
  });

  test("that a full incident refuses are let go, and nothing else is", async () => {
    const refused = new UpstreamError("Sentinel", "400 too many comments", false);
    const busy = new UpstreamError("Sentinel", "429 busy", true);
    const broken = new Error("refused");
    const told = async (commentsCount: number | undefined, error: Error) => {
      const { service, sink } = sinkOn();
      await sink.deliver(incident(1));
      service.edit({ additionalData: commentsCount === undefined ? undefined : { commentsCount } });
      service.before = (request) => {
        if (request === "putComment") {
          throw error;
        }
      };
      return sink.deliver(incident(2)).then(
        () => "done",
        (thrown: Error) => thrown.message,
      );
    };
    expect(await told(100, refused)).toBe("done");
    expect(await told(99, refused)).toBe(refused.message);
    expect(await told(undefined, refused)).toBe(refused.message);
    expect(await told(100, busy)).toBe(busy.message);
    expect(await told(100, broken)).toBe(broken.message);
  });
});

describe("a process that dies at any request", () => {
  test.each([
    ["at the opening", []],
    ["at the growth", [incident(1)]],
    ["at the growth of a closed one", [incident(1), "close"]],
    ["at the further one", [incident(1), "close", incident(2)]],
  ] satisfies readonly [string, readonly (Incident | "close")[]][])(
    "%s leaves what the next delivery completes, once",
    async (_, history) => {
      const target = {
        ...(history.includes("close") ? approvedIncident(3) : incident(2)),
        sentRevision: history.length,
      };
      async function begin() {
        const { service, sink } = sinkOn();
        for (const step of history) {
          if (step === "close") {
            service.edit({ status: "Closed" });
          } else {
            await sink.deliver(step);
          }
        }
        return { service, sink };
      }
      const whole = await begin();
      let requests = 0;
      whole.service.before = () => requests++;
      await whole.sink.deliver(target);
      const expected = withoutEtags(whole.service);

      for (let dies = 0; dies < requests; dies++) {
        for (const after of [false, true]) {
          const { service, sink } = await begin();
          let left = dies;
          let died = false;
          service.before = () => {
            if (!died && left-- === 0) {
              died = true;
              throw new Error("died");
            }
          };
          await expect(sink.deliver(target)).rejects.toThrow("died");
          await sink.deliver(target);
          if (after) {
            await sink.deliver(target);
          }
          expect(withoutEtags(service)).toEqual(expected);
        }
      }
    },
  );
});

describe("somebody who changes the incident at the same time", () => {
  test("loses nothing, and neither does the growth", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    let meddled = false;
    service.before = (request) => {
      if (request === "put" && !meddled) {
        meddled = true;
        service.edit({ title: "Alice's phone", severity: "Low" });
      }
    };
    await sink.deliver(incident(2));
    expect(service.held().properties).toMatchObject({ title: "Alice's phone", severity: "Low" });
    expect(service.held().properties.description).toContain("refused 6 prompts");
    expect(service.comments()).toHaveLength(1);
  });

  test("who creates it first is followed up", async () => {
    const { service, sink } = sinkOn();
    const other = incidentApiSink("other", service);
    let raced = false;
    service.before = (request) => {
      if (request === "put" && !raced) {
        raced = true;
        void other.deliver(incident(1));
      }
    };
    await sink.deliver(incident(2));
    expect(service.held().properties.description).toContain("refused 6 prompts");
    expect(service.held().tasks.size).toBe(2);
  });

  test("who creates it first, and completes a task, has it completed", async () => {
    const first = sinkOn();
    await first.sink.deliver(incident(1));
    const done = [...first.service.held().tasks].map(
      ([key, each]) => [key, { ...each, status: "Completed" }] as const,
    );
    const { service, sink } = sinkOn();
    service.before = (request) => {
      if (request === "put" && service.incidents.size === 0) {
        service.incidents.set(id, { ...first.service.held(), tasks: new Map(done) });
      }
    };
    await sink.deliver(incident(1));
    expect([...service.held().tasks.values()].map(({ status }) => status)).toEqual([
      "Completed",
      "Completed",
    ]);
  });

  test("without end makes it give up with the incident's id", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    let tried = 0;
    service.before = (request) => {
      if (request !== "put") {
        return;
      }
      tried++;
      service.edit({});
    };
    await expect(sink.deliver(incident(2))).rejects.toThrow(
      `incident ${id} was changed by others 5 times in a row`,
    );
    expect(tried).toBe(5);
  });
});

describe("an incident that is closed", () => {
  test("gets growth in one comment that is always the same for a revision", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    service.edit({ status: "Closed" });
    await sink.deliver(incident(2, { change: "Update (grew)" }));
    const once = service.comments();
    await sink.deliver(incident(2, { change: "Update (unchanged)" }));
    expect(service.comments()).toEqual(once);
    expect(once).toEqual([
      "More came to light after this incident was closed.\nalice@contoso.com refused 6 prompts.\nNone was approved.\n(revision 2)",
    ]);
  });

  test("gets no comment if nothing is new", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    service.edit({ status: "Closed" });
    const before = service.held();
    await sink.deliver(incident(1));
    expect(service.held()).toEqual(before);
  });

  test("leads to one further incident, but only for an approval", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    service.edit({ status: "Closed" });
    await sink.deliver(incident(2));
    expect(service.incidents.size).toBe(1);
    await sink.deliver(approvedIncident(3));
    await sink.deliver(approvedIncident(3));
    expect(service.incidents.size).toBe(2);
    const further = [...service.incidents.keys()].find((key) => key !== id);
    expect(service.held(further).properties).toMatchObject({ severity: "High", status: "New" });
    expect(service.held(further).properties.description).toContain(`Incident ${id} was closed`);
  });
});

describe("what comes to light after closing", () => {
  const closed = async (from: Incident, more: Readonly<Record<string, unknown>> = {}) => {
    const { service, sink } = sinkOn();
    await sink.deliver(from);
    service.edit({ status: "Closed", ...more });
    return { service, sink };
  };
  const labelled = (revision: number, ...labels: readonly string[]) => {
    const plain = incident(revision);
    return { ...plain, text: { ...plain.text, labels: [...plain.text.labels, ...labels] } };
  };

  test("is worth a further incident where it is a fraud report, as where it is an approval", async () => {
    for (const label of ["approved-after", "fraud-reported"]) {
      const { service, sink } = await closed(incident(1));
      await sink.deliver(labelled(2, label));
      expect(service.incidents.size).toBe(2);
    }
  });

  test("is worth none where it was known, or is another matter", async () => {
    const known = await closed(approvedIncident(1));
    await known.sink.deliver(approvedIncident(2));
    expect(known.service.incidents.size).toBe(1);
    const guest = await closed(incident(1));
    await guest.sink.deliver(labelled(2, "guest"));
    expect(guest.service.incidents.size).toBe(1);
  });

  test("is new if the labels were removed, because it is unknown what was known", async () => {
    const { service, sink } = await closed(approvedIncident(1), { labels: undefined });
    await sink.deliver(approvedIncident(2));
    expect(service.incidents.size).toBe(2);
  });

  test("gets no more comments if the further incident is closed, too", async () => {
    const { service, sink } = await closed(incident(1));
    await sink.deliver(approvedIncident(2));
    const further = identifyPart(id, "after closing");
    service.edit({ status: "Closed" }, further);
    const before = service.held(further);
    await sink.deliver(approvedIncident(3));
    expect(service.held(further)).toEqual(before);
    expect(service.incidents.size).toBe(2);
  });
});

describe("a merge", () => {
  test("is noted once", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    await sink.noteMerge(id, "keeper");
    await sink.noteMerge(id, "keeper");
    expect(service.comments()).toEqual([expect.stringContaining("incident keeper")]);
  });

  test("is not noted without an incident", async () => {
    const { service, sink } = sinkOn();
    await sink.noteMerge(id, "keeper");
    expect(service.incidents.size).toBe(0);
  });
});

test("tasks that an analyst completed or took away are not written again once all was delivered", async () => {
  const { service, sink } = sinkOn();
  await sink.deliver(incident(1));
  service.incidents.set(id, { ...service.held(), tasks: new Map() });
  await sink.deliver(incident(2, { sentRevision: 1 }));
  expect(service.held().tasks.size).toBe(0);
  await sink.deliver(incident(3));
  expect(service.held().tasks.size).toBe(2);
});

function withoutEtags(service: FakeService): unknown {
  return [...service.incidents].map(([key, { properties, comments, tasks }]) => [
    key,
    { properties, comments, tasks },
  ]);
}
