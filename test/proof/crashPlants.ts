/** Faults that a death brings to light, each against one of the laws by which none does harm. */
import type { scenarios } from "./crashScenarios.ts";
import type { Plant } from "./plantedBuild.ts";

export interface CrashPlant extends Plant {
  /** Where it is looked for. */
  readonly scenario: keyof typeof scenarios;
}

export const plants: readonly CrashPlant[] = [
  {
    name: "the watermark is saved before the rows are decided",
    scenario: "a run after an outage",
    file: "src/run/runDetection.ts",
    from: "    for await (const step of steps) {",
    to: "    run.publishedTo = end;\n    await store.saveProgress(progress(before, null));\n    for await (const step of steps) {",
  },
  {
    name: "a backfill's cursor moves before the slice is decided",
    scenario: "a backfill",
    file: "src/run/backfill.ts",
    from: "  try {\n    for await",
    to: "  try {\n    await save(reached(Math.min(cursor + sliceLength, range.to)));\n    for await",
  },
  {
    name: "an incident is sent before it is recorded",
    scenario: "a run before more is published",
    file: "src/run/decideAccounts.ts",
    from: "    const stored = await detector.store.write({ head, put: due });",
    to: "    for (const { incident } of due) for (const sink of incident ? detector.sinks : []) await sink.deliver({ ...incident!, sentRevision: 0 });\n    const stored = await detector.store.write({ head, put: due });",
  },
  {
    name: "what is due is dropped before it is sent",
    scenario: "a run after an outage",
    file: "src/run/deliverDue.ts",
    from: "  const { sent, failures } = await send(detector, item, head);",
    to: "  await detector.store.write({ drop: [item] });\n  const { sent, failures } = await send(detector, item, head);",
  },
  {
    name: "what is due is not stored together with the record",
    scenario: "a run after an outage",
    file: "src/state/table/tableState.ts",
    from: "    const etags = await this.#rows.transact([...others, ...due.slice(0, room), ...taken]);",
    to: "    const etags = await this.#rows.transact([...others, ...taken]);\n    if (etags !== null) await this.#writeDue(due.slice(0, room));",
  },
  {
    name: "a claim never ends",
    scenario: "a run after an outage",
    file: "src/run/sendBudget.ts",
    from: "    claimUntil: now + claimLength,",
    to: "    claimUntil: now + 1e6 * claimLength,",
  },
  {
    name: "a comment has an id by chance",
    scenario: "a run in which incidents grow",
    file: "src/sinks/sentinel/incidentApi.ts",
    from: "    return [identifyPart(id, `revision ${revision}`), `${change}${edits}`];",
    to: "    return [crypto.randomUUID(), `${change}${edits}`];",
  },
  {
    name: "a comment is not looked for where the incident is up to date",
    scenario: "a run in which incidents grow",
    file: "src/sinks/sentinel/incidentApi.ts",
    from: '    incident.change !== "" && (properties !== null || incident.newest === undefined);',
    to: '    incident.change !== "" && properties !== null;',
  },
  {
    name: "tasks are not looked for where the incident exists",
    scenario: "a run after an outage",
    file: "src/sinks/sentinel/incidentApi.ts",
    from: "  if (incident.sentRevision === 0) {\n    await addTasks",
    to: "  if (incident.sentRevision < 0) {\n    await addTasks",
  },
  {
    name: "an incident has an id by chance",
    scenario: "a run after an outage",
    file: "src/sinks/sentinel/incidentApi.ts",
    from: "        const stored = await api.get(incident.id);\n        if (await write(api, stored, incident)) {",
    to: "        const stored = null;\n        if (await write(api, stored, { ...incident, id: crypto.randomUUID() })) {",
  },
  {
    name: "a backfill that is asked for again gets no message",
    scenario: "a backfill",
    file: "src/state/table/tableBackfillJobs.ts",
    from: "        return job;\n      }\n      if (job",
    to: "        return { ...job, parts: [] };\n      }\n      if (job",
  },
];
