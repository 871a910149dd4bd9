import type { Place } from "../run/signInFiles.ts";
import type { InputSeen } from "../run/inputSeen.ts";
import { TempLedger } from "../state/disk/tempLedger.ts";
import { BadRecords } from "./badRecords.ts";
import type { Given, Terminal } from "./command.ts";
import { passedOverText } from "./readInput.ts";

interface Reading {
  readonly ledger: TempLedger;
  readonly onBad: (reason: string, place: Place) => void;
}

/**
 * Runs a command that reads logs without a state. Afterwards, says on standard error which files were skipped and
 * which records could not be used.
 *
 * @param seen the kinds of files that were read
 */
export async function readOnce<T>(
  given: Given,
  { stderr, signal }: Pick<Terminal, "stderr" | "signal">,
  seen: () => InputSeen,
  read: (reading: Reading) => Promise<T>,
): Promise<T> {
  const problems = new BadRecords(given["strict"] !== undefined);
  const ledger = new TempLedger();
  try {
    const result = await read({ ledger, onBad: (reason, place) => problems.add(reason, place) });
    signal.throwIfAborted();
    if (given["quiet"] === undefined) {
      stderr.write(passedOverText(seen()) + problems.summary());
    }
    return result;
  } finally {
    await ledger.close();
  }
}
