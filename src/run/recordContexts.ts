import type { ContextOf } from "../detection/context/context.ts";
import { contextsOf } from "../detection/context/contextOf.ts";
import { distinct } from "../detection/context/origins.ts";
import type { KnownFinding, Names } from "../detection/context/rows.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import { accountKey } from "../detection/signin/account.ts";
import { collectContext } from "./collectContext.ts";
import { findingIn, wishOf } from "./contextWish.ts";
import { judgeSuspect, type Known, type Suspect } from "./judgeSuspect.ts";
import type { ContextWish } from "./lookUpContext.ts";
import type { SignInFiles } from "./signInFiles.ts";

/** The parts of a run over files that decide about the context of its findings. */
interface ContextRun {
  readonly asOf: number | null;
  readonly from: number;
  readonly to: number;
  readonly context?: boolean;
}

/** Returns what the files say around all findings. They are read again only if there are findings. */
export async function readContexts(
  files: Pick<SignInFiles, "related">,
  known: Known,
  suspects: ReadonlyMap<string, Suspect>,
  run: ContextRun,
): Promise<Map<string, ContextOf>> {
  const contexts = new Map<string, ContextOf>();
  if (run.context === false || files.related === undefined) {
    return contexts;
  }
  const wishes: ContextWish[] = [];
  const findings: KnownFinding[] = [];
  const namesOf = new Map<string, Names>();
  for (const suspect of suspects.values()) {
    const { account } = suspect;
    const names: string[] = [];
    for (const { judged } of await judgeSuspect(known, suspect, contexts)) {
      for (const { burst, finding } of askedFor(judged, run)) {
        if (finding !== null) {
          // All sign-ins of the account are read, so the addresses of its approvals are not needed.
          const wish = wishOf(account, finding, []);
          wishes.push(wish);
          findings.push(findingIn(burst, wish.names));
          names.push(...wish.names);
        }
      }
    }
    if (names.length > 0) {
      namesOf.set(accountKey(account), distinct(names));
    }
  }
  if (wishes.length === 0) {
    return contexts;
  }
  const rows = await collectContext(files.related.bind(files), wishes, {
    asOf: run.asOf,
    successes: true,
  });
  const contextOf = contextsOf({ ...rows, findings });
  for (const [account, names] of namesOf) {
    contexts.set(account, contextOf(names));
  }
  return contexts;
}

/**
 * Reports whether a burst lies in the requested range. Others are neither shown nor recorded. A merged burst goes
 * with its keeper.
 */
export function askedFor(
  decisions: readonly Decision[],
  { from, to }: Pick<ContextRun, "from" | "to">,
): readonly Decision[] {
  const asked = new Set(
    decisions
      .filter(
        ({ finding }) =>
          finding !== null &&
          finding.facts.firstDenialAt >= from &&
          finding.facts.firstDenialAt < to,
      )
      .map(({ burst }) => burst.id),
  );
  return decisions.filter(({ burst }) => asked.has(burst.mergedInto ?? burst.id));
}
