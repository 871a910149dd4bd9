import type {
  Context,
  Followed,
  OriginVerdict,
  SuccessAfter,
  UserReport,
} from "../context/context.ts";

/** The context that an incident was given, so that the next look knows what is new. */
export interface ToldContext {
  readonly verdict: OriginVerdict;
  /** The campaign's id; null if there is none. */
  readonly campaign: string | null;
  /** A mark for each report, sign and success that the incident was given. */
  readonly signs: readonly string[];
  /** Whether a lookup failed, so that another attempt may find more. */
  readonly isPartial: boolean;
}

/** Summarises a context in the form that is stored with its incident. */
export function toldOf(context: Context): ToldContext {
  const { origins, campaign, gaps } = context;
  return {
    verdict: origins.verdict,
    campaign: campaign?.id ?? null,
    signs: signsIn(context).map(({ mark }) => mark),
    isPartial: gaps.some(({ problem }) => problem === "failed"),
  };
}

/** A report, an event or a success that an incident mentions once. */
export type Sign =
  | { readonly kind: "report"; readonly mark: string; readonly event: UserReport }
  | { readonly kind: "followed"; readonly mark: string; readonly event: Followed }
  | { readonly kind: "success"; readonly mark: string; readonly event: SuccessAfter };

/** Events without a meaning are not signs. */
function signsIn({ reports, followed, successes }: Context): readonly Sign[] {
  return [
    ...reports.map((event): Sign => ({
      kind: "report",
      mark: markOf("report", event.at, event.what),
      event,
    })),
    ...followed
      .filter(({ meaning }) => meaning !== "neutral")
      .map((event): Sign => ({
        kind: "followed",
        mark: markOf("followed", event.at, event.what),
        event,
      })),
    ...successes.map((event): Sign => ({
      kind: "success",
      mark: markOf("success", event.at, event.user),
      event,
    })),
  ];
}

/** Returns the signs that the incident did not mention before. */
export function newSigns(before: ToldContext | null, context: Context | null): readonly Sign[] {
  const told = new Set(before?.signs);
  return context === null ? [] : signsIn(context).filter(({ mark }) => !told.has(mark));
}

/** Returns a short hash (FNV-1a), because the state must not contain names of other people or texts. */
function markOf(kind: string, at: number, what: string): string {
  let state = 0x811c9dc5;
  for (const unit of `${kind} ${at} ${what}`) {
    state = Math.imul(state ^ Number(unit.codePointAt(0)), 0x01000193) >>> 0;
  }
  return state.toString(36);
}

/** Merges the stored and the new context. Nothing stored is removed. */
export function holdTold(recorded: ToldContext, found: ToldContext | null): ToldContext {
  return found === null
    ? recorded
    : {
        verdict: found.verdict === "unknown" ? recorded.verdict : found.verdict,
        campaign: recorded.campaign ?? found.campaign,
        signs: [...new Set([...recorded.signs, ...found.signs])],
        isPartial: found.isPartial,
      };
}

/** Returns what the context adds to what the incident was given before. */
export function newsOf(
  before: ToldContext | null,
  after: ToldContext | null,
): "followed-by" | "context-added" | null {
  if (after === null) {
    return null;
  }
  if (before === null) {
    return "context-added";
  }
  if (after.signs.some((sign) => !before.signs.includes(sign))) {
    return "followed-by";
  }
  const isNew =
    (before.verdict === "unknown" && after.verdict !== "unknown") ||
    (before.campaign === null && after.campaign !== null) ||
    (before.isPartial && !after.isPartial);
  return isNew ? "context-added" : null;
}
