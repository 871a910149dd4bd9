import type { SignIn } from "../signin/signIn.ts";

/** Method names that are not a second factor: earlier sign-ins, and the first factor. */
const firstFactors: ReadonlySet<string> = new Set(["", "password", "previously satisfied"]);

/** Returns the method by which a sign-in succeeded: the last second factor, or else the first factor. */
export function methodOf({ steps }: Pick<SignIn, "steps">): string | null {
  const passed = steps.filter(({ succeeded }) => succeeded !== false).map(({ method }) => method);
  const second = passed.findLast((method) => !firstFactors.has(method));
  return second ?? passed.find((method) => method !== "") ?? null;
}
