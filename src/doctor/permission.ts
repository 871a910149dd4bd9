/** The permissions of one role assignment, as listed by Azure Resource Manager's permissions API. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/**
 * Reports whether an action is granted. One assignment must allow it without excluding it itself. `*` stands for
 * any text; case does not matter.
 */
export function allows(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => fits(pattern, action)) &&
      !notActions.some((pattern) => fits(pattern, action)),
  );
}

function fits(pattern: string, action: string): boolean {
  const [start = "", ...rest] = pattern.toLowerCase().split("*");
  const text = action.toLowerCase();
  if (rest.length === 0) {
    return start === text;
  }
  if (!text.startsWith(start)) {
    return false;
  }
  let at = start.length;
  for (const [index, part] of rest.entries()) {
    const found = index === rest.length - 1 ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found)) {
      return false;
    }
    at = found + part.length;
  }
  return true;
}
