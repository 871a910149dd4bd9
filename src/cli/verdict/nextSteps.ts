import { visible } from "../../detection/signin/visible.ts";
import { listed } from "../text/words.ts";
import { usersByHarm, type Attack } from "./harm.ts";

/** Maximum number of users that a step names. */
const most = 5;

/** Matches a word that needs no quotes in any shell. */
const plainWord = /^[\w./\\:@+,-]+$/;

interface Step {
  readonly words: string;
  /** A command line for the shell; null if there is none. */
  readonly command: string | null;
}

/**
 * Returns what to do about findings, the most urgent first.
 *
 * @param operands the files as given on the command line
 */
export function nextSteps(
  attacks: readonly Attack[],
  operands: readonly string[],
): readonly Step[] {
  const { harmed, others, usual } = usersByHarm(attacks);
  const attacked = others.filter((user) => !usual.includes(user));
  const [first] = [...harmed, ...others];
  if (first === undefined) {
    return [];
  }
  const files =
    operands.length === 1 && operands.every((each) => each !== "-" && plainWord.test(each))
      ? operands.join(" ")
      : "FILE";
  const user = plainWord.test(first) ? first : "NAME";
  const words = [
    ...(harmed.length === 0
      ? []
      : [
          `Now: revoke the sessions and reset the password of ${names(harmed)}. Undo what was registered, granted or forwarded since.`,
        ]),
    ...(attacked.length === 0
      ? []
      : [
          `Today: reset the password of ${names(attacked)}. Whoever sent the prompts probably knows it.`,
        ]),
    "Ask each user by another channel whether the sign-ins were theirs.",
  ];
  return [
    ...words.map((step) => ({ words: step, command: null })),
    { words: "See why:", command: `mfa-deny explain --user ${user} ${files}` },
    { words: "Hand it on:", command: `mfa-deny report ${files} --out case.html` },
  ];
}

function names(users: readonly string[]): string {
  return listed(
    users.map((user) => visible(user, 120)),
    most,
  );
}
