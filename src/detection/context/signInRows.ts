import type { SignIn } from "../signin/signIn.ts";

/** Methods that are no method: what was done earlier, and the first factor. */
const firstFactors: ReadonlySet<string> = new Set(["", "password", "previously satisfied"]);

/** What a sign-in was let through with: the last second factor, else the first. */
export function methodOf({ steps }: Pick<SignIn, "steps">): string | null {
  const passed = steps.filter(({ succeeded }) => succeeded !== false).map(({ method }) => method);
  const second = passed.findLast((method) => !firstFactors.has(method));
  return second ?? passed.find((method) => method !== "") ?? null;
}
