import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RowAccount } from "../../detection/signin/account.ts";
import type { Approval, Sighting } from "../../detection/signin/sighting.ts";
import type { Ledger, RecordedBindings } from "../../run/ports.ts";
import { isAccountApproval, readApprovalLine, type AccountApproval } from "./journalLines.ts";
import { Journal } from "./journal.ts";
import { StateError } from "./stateError.ts";

/** A ledger for one run. It starts empty and leaves nothing behind, even if the process is killed. */
export class TempLedger implements Ledger {
  readonly #folder = makeFolder();
  readonly #approvals = new Journal(join(this.#folder, "approvals.ndjson"), isAccountApproval);
  readonly #remove = () => rmSync(this.#folder, { recursive: true, force: true });

  constructor() {
    process.once("exit", this.#remove);
  }

  bindings(): RecordedBindings {
    return { names: [], unnamedTenant: null };
  }

  bind(): void {}

  async *sightings(): AsyncGenerator<readonly [RowAccount, Sighting]> {}

  addSightings(): void {}

  addApproval(account: RowAccount, approval: Approval): void {
    this.#approvals.add({ ...account, approval });
  }

  async *approvals(
    wanted: (account: RowAccount) => boolean,
  ): AsyncGenerator<readonly [RowAccount, Approval]> {
    yield* accountsWanted(this.#approvals.read(), wanted);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#approvals.discard();
    this.#remove();
    process.removeListener("exit", this.#remove);
    return Promise.resolve();
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "mfa-deny-"));
  } catch (cause) {
    throw StateError.of(tmpdir(), "temporary files cannot be written there", cause);
  }
}

export async function* accountsWanted(
  lines: AsyncIterable<AccountApproval>,
  wanted: (account: RowAccount) => boolean,
): AsyncGenerator<readonly [RowAccount, Approval]> {
  for await (const line of lines) {
    const read = readApprovalLine(line);
    if (wanted(read[0])) {
      yield read;
    }
  }
}
