export interface Match {
  readonly params: Readonly<Record<string, string>>;
  /** The number of fixed parts. Of several matching routes, the one with the most wins. */
  readonly fixed: number;
}

export type Route = (path: string) => Match | undefined;

const constraints: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  guid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  alpha: /^[a-z]+$/i,
};

/**
 * Parses a route such as `backfill/{id:guid}/{*rest}`. A parameter may end in `?`, and have one constraint.
 *
 * @throws Error if the stand-in does not support the constraint
 */
export function readRoute(template: string): Route {
  const parts = segments(template).map(readPart);
  return (path) => {
    const given = segments(path);
    const params: Record<string, string> = {};
    let fixed = 0;
    for (const [index, part] of parts.entries()) {
      const value = part.kind === "rest" ? given.slice(index).join("/") : given[index];
      if (part.kind === "fixed") {
        if (value?.toLowerCase() !== part.text) {
          return undefined;
        }
        fixed++;
      } else if (value === undefined || value === "") {
        if (!part.optional) {
          return undefined;
        }
      } else if (part.constraint && !part.constraint.test(value)) {
        return undefined;
      } else {
        params[part.name] = value;
      }
    }
    const rest = parts.at(-1)?.kind === "rest";
    return rest || given.length <= parts.length ? { params, fixed } : undefined;
  };
}

type Part =
  | { readonly kind: "fixed"; readonly text: string }
  | {
      readonly kind: "parameter" | "rest";
      readonly name: string;
      readonly optional: boolean;
      readonly constraint: RegExp | undefined;
    };

function readPart(text: string): Part {
  const [, star, name, constraint, optional] = /^\{(\*?)(\w+)(?::(\w+))?(\??)\}$/.exec(text) ?? [];
  if (name === undefined) {
    if (/[{}]/.test(text)) {
      throw new Error(`The stand-in cannot read "${text}" in a route.`);
    }
    return { kind: "fixed", text: text.toLowerCase() };
  }
  const known = constraint === undefined ? undefined : constraints[constraint];
  if (constraint !== undefined && !known) {
    throw new Error(`The stand-in does not know the constraint "${constraint}" in a route.`);
  }
  return {
    kind: star ? "rest" : "parameter",
    name,
    optional: optional === "?" || star === "*",
    constraint: known,
  };
}

const segments = (path: string) => path.split("/").filter((segment) => segment !== "");
