/**
 * Faults to plant in a detector through its ports: what the design is careful about, done carelessly. The proofs have
 * to catch each of them, or they would prove nothing.
 */
import type { Detector } from "../../src/run/detector.ts";
import type {
  SubjectRecord,
  IncidentSink,
  LogAnswer,
  LogQuery,
  StateChange,
  StateStore,
} from "../../src/run/ports.ts";

export type Plant = (detector: Detector) => Partial<Detector>;

export const nothing: Plant = () => ({});

function storeWith(store: StateStore, methods: Partial<StateStore>): StateStore {
  return {
    open: () => store.open(),
    readProgress: () => store.readProgress(),
    readIndex: (most) => store.readIndex(most),
    readOwners: (aliases) => store.readOwners(aliases),
    readHead: (subject, from) => store.readHead(subject, from),
    write: (change) => store.write(change),
    saveProgress: (progress) => store.saveProgress(progress),
    saveLookedAgain: (to) => store.saveLookedAgain(to),
    prune: (before) => store.prune(before),
    ...methods,
  };
}

/** What is written is something else. */
const writing =
  (change: (asked: StateChange) => StateChange): Plant =>
  ({ store }) => ({
    store: storeWith(store, { write: (asked) => store.write(change(asked)) }),
  });

const withBursts = (head: SubjectRecord, bursts: SubjectRecord["bursts"]): SubjectRecord => ({
  ...head,
  bursts,
});

/** The part of an answer that came is taken for all of it, and the watermark moves over the rest. */
export const partialTakenForWhole =
  (mostRows: number): Plant =>
  ({ source, clock }) => {
    const cut = (answer: LogAnswer): LogAnswer => {
      const rows = answer.kind === "whole" ? answer.rows.slice(0, mostRows) : [];
      return { kind: "whole", rows, servedAt: clock.now() };
    };
    return {
      source: {
        candidates: async (query, signal) => cut(await source.candidates(query, signal)),
        approvals: (query, signal) => source.approvals(query, signal),
      },
    };
  };

/** The watermark moves up to the present, over rows that are stored but not visible yet. */
export const noSafety: Plant = () => ({ ingestionSafetyMs: 0 });

/** Rows that were read once are not read again around new ones. */
export const countsInSteps: Plant = ({ source }) => {
  let latest: LogAnswer | null = null;
  const keep = async (query: LogQuery, signal: AbortSignal) => {
    const answer = await source.candidates(query, signal);
    latest = query.by === "ingested" ? answer : latest;
    return latest ?? answer;
  };
  return {
    source: { candidates: keep, approvals: (query, signal) => source.approvals(query, signal) },
  };
};

/** A burst is known again by its first denial alone. */
export const keyOfFirstDenial: Plant = ({ store }) => ({
  store: storeWith(store, {
    readHead: async (subject, from) => withBursts(await store.readHead(subject, from), []),
    write: async (change) => {
      if (change.head === undefined) {
        return store.write(change);
      }
      const held = await store.readHead(change.head.subject, -Infinity);
      const all = [...held.bursts, ...change.head.bursts].map(
        (burst) => [burst.id, burst] as const,
      );
      return store.write({ ...change, head: withBursts(change.head, [...new Map(all).values()]) });
    },
  }),
});

/** Incidents that turn out to be one stay separate. */
export const mergeForgotten: Plant = writing(({ head, put = [], ...more }) => ({
  ...more,
  ...(head && {
    head: withBursts(
      head,
      head.bursts.map((burst) => ({ ...burst, mergedInto: null })),
    ),
  }),
  put: put.filter(({ mergedInto }) => mergedInto === null),
}));

/** Nobody looks for approvals that are published later. */
export const watchForgotten: Plant = writing(({ put = [], ...more }) => ({
  ...more,
  put: put.map((item) => ({ ...item, watch: null })),
}));

/** The incident is written first, and what it is remembered by afterwards. */
export const recordAfterSend: Plant = ({ store, sinks }) => {
  const sent = new Set<string>();
  const early = sinks.map((sink): IncidentSink => ({
    name: sink.name,
    deliver: async (incident) => {
      const key = `${sink.name} ${incident.id} ${incident.revision}`;
      if (!sent.has(key)) {
        await sink.deliver(incident);
      }
      sent.add(key);
    },
    noteMerge: (id, keeperId) => sink.noteMerge(id, keeperId),
  }));
  const write = async (change: StateChange) => {
    for (const { incident, burstId } of change.put ?? []) {
      const isClaimed = (change.head?.deliveries[burstId]?.claim ?? null) !== null;
      if (incident === null || !isClaimed) {
        continue;
      }
      for (const sink of early) {
        await sink.deliver(incident);
      }
    }
    return store.write(change);
  };
  return { store: storeWith(store, { write }), sinks: early };
};

/** Whoever writes last is right. */
export const lastWriteWins: Plant = ({ store }) => ({
  store: storeWith(store, {
    write: async (change) => {
      const stored = await store.write(change);
      if (stored !== "conflict" || change.head === undefined) {
        return stored;
      }
      const { version } = await store.readHead(change.head.subject, -Infinity);
      return store.write({ ...change, head: { ...change.head, version } });
    },
  }),
});

/** Nobody heeds that somebody else is sending. */
export const claimsIgnored: Plant = ({ store }) => ({
  store: storeWith(store, {
    readHead: async (subject, from) => {
      const head = await store.readHead(subject, from);
      const free = Object.entries(head.deliveries).map(([id, { sent }]) => [
        id,
        { sent, claim: null },
      ]);
      return { ...head, deliveries: Object.fromEntries(free) as SubjectRecord["deliveries"] };
    },
  }),
});
