import { readContextSignIn } from "../../detection/context/signInRow.ts";
import { dynamic, own, type Fields } from "../../detection/signin/fields.ts";
import type { RelatedRecord } from "../../run/signInFiles.ts";
import type { Entry } from "./entry.ts";
import { foreignKind, relatedKinds } from "./records/foreignKind.ts";

/** Returns what an entry can say about findings, in a list; an empty list if it is damaged or of another kind. */
export function relatedOf(entry: Entry): readonly RelatedRecord[] {
  if (entry.kind === "bad") {
    return [];
  }
  const { record } = entry;
  if (entry.isSignIn) {
    const signIn = readContextSignIn(record);
    return signIn === null ? [] : [{ kind: "signIn", signIn }];
  }
  const kind = relatedKinds.get(foreignKind(record) ?? "");
  return kind === undefined ? [] : [{ kind, record: unwrapped(record) }];
}

/** A diagnostic record has the event under `properties`. */
function unwrapped(record: Fields): Fields {
  return { ...record, ...dynamic(own(record, "properties")) };
}
