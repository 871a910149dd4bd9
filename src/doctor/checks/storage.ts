import type { Check } from "../check.ts";
import { inWords } from "../duration.ts";
import { fault, ok, warning } from "../line.ts";

const assign = (role: string) =>
  `az role assignment create --assignee IDENTITY --role "${role}" --scope STORAGE_ACCOUNT_ID`;

export const tableCheck: Check = {
  id: "state-table",
  scope: "app",
  needs: ["tokens"],
  cure: assign("Storage Table Data Contributor"),
  async run(probe) {
    await probe.tryTable();
    return [ok("the state table can be written, read and deleted from")];
  },
};

export const queueCheck: Check = {
  id: "backfill-queue",
  scope: "app",
  needs: ["tokens"],
  cure: assign("Storage Queue Data Contributor"),
  async run(probe) {
    await probe.tryQueue();
    return [ok("queues can be written, read and deleted from")];
  },
};

export const poisonQueueCheck: Check = {
  id: "poison-queue",
  scope: "app",
  needs: ["backfill-queue"],
  cure: assign("Storage Queue Data Contributor"),
  async run(probe) {
    const messages = (await probe.poisonMessages()) ?? 0;
    return messages === 0
      ? [ok("no backfill step was given up")]
      : [
          fault(
            `${messages} messages in mfa-deny-backfill-poison: backfill steps failed five times`,
            "Read the backfill's status (GET /api/backfill/ID) for the reason, fix it and start the backfill again.",
          ),
        ];
  },
};

export const lastRunCheck: Check = {
  id: "last-run",
  scope: "workspace",
  needs: ["state-table"],
  cure: assign("Storage Table Data Contributor"),
  async run(probe, workspace) {
    const at = await probe.lastSuccessAt(workspace);
    if (at === null) {
      return [
        warning(
          "no run has succeeded yet",
          "Wait for the schedule. Look at the function `detect` under Monitor in the portal.",
        ),
      ];
    }
    const ageMs = probe.now() - at;
    return ageMs <= probe.settings.healthMaxAgeMs
      ? [ok(`the last run succeeded ${inWords(ageMs)} ago`)]
      : [
          fault(
            `the last run that succeeded is ${inWords(ageMs)} old`,
            "Look for `detection run failed` in the app's log; if there is no run at all, restart the app: " +
              "az functionapp restart --name APP --resource-group GROUP",
          ),
        ];
  },
};
