import type { Workspace } from "../settings/settings.ts";
import type { Outcome } from "./line.ts";
import type { Probe } from "./probe.ts";

interface CheckBase {
  /** Never changes, because scripts match on it. */
  readonly id: string;
  /** Checks that must not have failed, for this workspace or for the app. */
  readonly needs: readonly string[];
  /** The cure if `run` throws, because the service did not answer or refused. */
  readonly cure: string;
}

/** A check of the whole app, or one for each workspace. */
export type Check = CheckBase &
  (
    | { readonly scope: "app"; readonly run: (probe: Probe) => Promise<readonly Outcome[]> }
    | {
        readonly scope: "workspace";
        readonly run: (probe: Probe, workspace: Workspace) => Promise<readonly Outcome[]>;
      }
  );
