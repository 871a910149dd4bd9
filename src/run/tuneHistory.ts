import type { Account, RowAccount } from "../detection/signin/account.ts";
import { allNames } from "../detection/signin/account.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import { endPart, isBusy } from "./backfill.ts";
import { isFinished, type BackfillJobs, type BackfillRequest } from "./backfillJob.ts";
import type { Detector } from "./detector.ts";
import { Extractor, wholly } from "./extract.ts";
import { noLabels } from "./incidentLabels.ts";
import { PassingLedger } from "./passingLedger.ts";
import type { Range, SignInSource, StateStore } from "./ports.ts";
import { unplaced, type LogEntry, type SignInFiles } from "./signInFiles.ts";
import { publicationLag, userGroups } from "./readAround.ts";
import { readWhole } from "./readWhole.ts";
import { triedGrid } from "./triedGrid.ts";
import { toTunedHistory, type TunedHistory } from "./tunedSettings.ts";
import { tuneRecords } from "./tuneRecords.ts";

/** The rows of a day fill few answers. A range that does not fit into an answer is queried in halves. */
const sliceLength = 24 * 3_600_000;

export interface TuneStep {
  readonly id: string;
  readonly request: BackfillRequest;
  readonly workspace: string;
}

/**
 * Tries every setting on the history of one workspace, and records the result in its part. Writes neither state of
 * bursts nor incidents. If somebody cancels the part, this call stops at its next slice.
 */
export async function tunePart(
  detector: Pick<Detector, "rules" | "source" | "log">,
  jobs: BackfillJobs,
  { id, request, workspace }: TuneStep,
  signal: AbortSignal,
): Promise<void> {
  const held = await jobs.readPart(id, workspace);
  if (held === null || isFinished(held.part)) {
    return;
  }
  const rule = detector.rules.find((each) => each.id === request.tune);
  if (rule === undefined) {
    await endPart(jobs, id, workspace, "failed", "the workspace has no such rule");
    return;
  }
  let { version } = held;
  const { part } = held;
  const start = request.from - publicationLag.before;
  const slices = Math.max(1, Math.ceil((part.end - start) / sliceLength));
  let slicesDone = 0;
  let rows = 0;
  const save = async (change: object): Promise<void> => {
    const counts = { ...part.counts, rows };
    const stored = await jobs.writePart(
      id,
      { ...part, state: "running", slices, slicesDone, counts, ...change },
      version,
    );
    if (stored === null) {
      throw new Cancelled();
    }
    version = stored;
  };
  try {
    const history = {
      range: { from: start, to: part.end },
      onSlice: async (to: number, read: number) => {
        slicesDone++;
        rows += read;
        await save({ cursor: to });
      },
    };
    const current = detector.rules.filter(
      ({ id: own, mode }) => mode === "on" && request.rules.includes(own),
    );
    const tuned = await tuneHistory(detector.source, { rule, current }, history, signal);
    const counts = { ...part.counts, rows, denials: tuned.denials };
    await save({ state: "done", cursor: part.end, slicesDone: slices, counts, tuned });
  } catch (error) {
    if (signal.aborted) {
      const reason = "the history takes too long; ask for a shorter range";
      await endPart(jobs, id, workspace, "failed", reason);
    } else if (!(error instanceof Cancelled)) {
      const told = isBusy(error) ? [] : [String(error)];
      // The state itself may have failed; the error thrown below says so.
      await save({ errors: [...part.errors, ...told] }).catch(() => undefined);
      throw error;
    }
  } finally {
    detector.log.info("tune step", { id, workspace, slicesDone, slices, rows });
  }
}

/** Thrown if somebody else wrote the part. */
class Cancelled extends Error {}

async function tuneHistory(
  source: SignInSource,
  { rule, current }: { readonly rule: Rule; readonly current: readonly Rule[] },
  history: HistoryRead,
  signal: AbortSignal,
): Promise<TunedHistory> {
  const report = await tuneRecords(
    filesOf(source, history, signal),
    { store: emptyStore, ledger: new PassingLedger() },
    {
      rule,
      current,
      grid: triedGrid,
      labels: noLabels,
      context: false,
      asOf: null,
      onBad: () => {},
    },
  );
  return toTunedHistory(rule, report);
}

interface HistoryRead {
  readonly range: Range;
  readonly onSlice: (to: number, rows: number) => Promise<void>;
}

/** A workspace's log, read as files are. */
function filesOf(
  source: SignInSource,
  { range, onSlice }: HistoryRead,
  signal: AbortSignal,
): SignInFiles {
  async function* entries(): AsyncGenerator<readonly LogEntry[]> {
    for (let from = range.from; from < range.to; from += sliceLength) {
      signal.throwIfAborted();
      const to = Math.min(from + sliceLength, range.to);
      const rows = await readWhole((query) => source.candidates(query, signal), {
        by: "generated",
        range: { from, to },
        users: null,
        shard: null,
      });
      yield rows.map(unplaced);
      await onSlice(to, rows.length);
    }
  }
  return {
    ...wholly(entries()),
    approvals: (accounts) => approvalsOf(source, accounts, range, signal),
  };
}

async function* approvalsOf(
  source: SignInSource,
  accounts: readonly Account[],
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<readonly [RowAccount, Approval]> {
  for (const users of userGroups(accounts.flatMap(allNames))) {
    const rows = await readWhole((query) => source.approvals(query, signal), {
      by: "generated",
      range,
      users,
      shard: null,
    });
    const extractor = new Extractor({ asOf: null });
    rows.forEach((record) => extractor.add(unplaced(record)));
    yield* extractor.take().approvals;
  }
}

/** An empty state, so that history is judged as if it were new. */
const emptyStore: Pick<StateStore, "readHead"> = {
  readHead: (subject) => Promise.resolve({ subject, bursts: [], deliveries: {}, version: null }),
};
