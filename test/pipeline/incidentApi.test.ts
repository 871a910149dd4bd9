import { describe, expect, test } from "vitest";
import { incidentApiSink } from "../../src/pipeline/incidentApi.ts";
import type { Incident } from "../../src/pipeline/ports.ts";
import { approvedIncident, FakeService, id, incident } from "./incidents.ts";

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

  test("tells of each revision in one comment, after the change that it tells of", async () => {
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

  test("never goes back to an earlier revision, unless it is told that this is the newest", async () => {
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
          if (step === "close") service.edit({ status: "Closed" });
          else await sink.deliver(step);
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
          if (after) await sink.deliver(target);
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

  test("without end makes it give up with the incident's id", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    service.before = (request) => {
      if (request === "put") service.edit({});
    };
    await expect(sink.deliver(incident(2))).rejects.toThrow(
      `incident ${id} was changed by others 5 times in a row`,
    );
  });
});

describe("an incident that is closed", () => {
  test("is told of growth in one comment that is always the same for a revision", async () => {
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

  test("is told nothing where nothing is new", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    service.edit({ status: "Closed" });
    const before = service.held();
    await sink.deliver(incident(1));
    expect(service.held()).toEqual(before);
  });

  test("brings up one further incident, when an approval comes to light only", async () => {
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

describe("a merge", () => {
  test("is noted once", async () => {
    const { service, sink } = sinkOn();
    await sink.deliver(incident(1));
    await sink.noteMerge(id, "keeper");
    await sink.noteMerge(id, "keeper");
    expect(service.comments()).toEqual([expect.stringContaining("incident keeper")]);
  });

  test("is not noted where there is no incident", async () => {
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
