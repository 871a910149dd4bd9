import { visible } from "../../detection/signin/visible.ts";
import { listed } from "../text/words.ts";
import { usersByHarm, type Attack } from "./harm.ts";

/** Users that a step names. */
const most = 5;

/** A word that every shell takes as it is. */
const plainWord = /^[\w./\\:@+,-]+$/;

/**
 * What to do about findings, the most urgent first.
 *
 * @param operands the files as the command was given them
 */
export function nextSteps(
  attacks: readonly Attack[],
  operands: readonly string[],
): readonly string[] {
  const { harmed, others } = usersByHarm(attacks);
  const [first] = [...harmed, ...others];
  if (first === undefined) {
    return [];
  }
  const files =
    operands.length === 1 && operands.every((each) => each !== "-" && plainWord.test(each))
      ? operands.join(" ")
      : "FILE";
  const user = plainWord.test(first) ? first : "NAME";
  return [
    "What to do next:",
    ...[
      ...(harmed.length === 0
        ? []
        : [
            `Now: revoke the sessions and reset the password of ${names(harmed)}. Undo what was registered, granted or forwarded since.`,
          ]),
      ...(others.length === 0
        ? []
        : [
            `Today: reset the password of ${names(others)}. Whoever sent the prompts probably knows it.`,
          ]),
      "Ask each user by another channel whether the sign-ins were theirs.",
      `See why: mfa-deny explain --user ${user} ${files}`,
      `Hand it on: mfa-deny report ${files} --out case.html`,
    ].map((step, index) => `  ${index + 1}. ${step}`),
  ];
}

function names(users: readonly string[]): string {
  return listed(
    users.map((user) => visible(user, 120)),
    most,
  );
}
