import { readPeerRow, type PeerRow } from "../../src/cli/compare/peers/peerRow.ts";
import { denied, row, type RowOptions } from "../builders.ts";

const declined = "MFA denied; user declined the authentication";

/** Returns rows as the models of public rules read them. */
export function rowsOf(...options: readonly RowOptions[]): readonly PeerRow[] {
  return options.map((each) => {
    const read = readPeerRow(row(each));
    if (read === null) {
      throw new Error("the row is nothing to a peer");
    }
    return read;
  });
}

/** Published at once, so that a row's place is its time. */
export const refused = (at: string, more: Partial<RowOptions> = {}): RowOptions => ({
  at,
  published: at,
  steps: [denied(at)],
  status: declined,
  ...more,
});
