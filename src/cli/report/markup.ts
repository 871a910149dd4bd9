import { visible } from "../../detection/signin/visible.ts";

/** Markup that is safe to print. Only `markup` creates it, so that no log text gets in unescaped. */
export class Html {
  readonly text: string;

  /** @param text our own markup */
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | null | readonly Value[];

const longestValue = 2_000;

/** Creates markup with values in it. Texts are escaped, lists are joined, null prints nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    parts
      .map((part, index) => (index === 0 ? "" : print(values[index - 1] ?? null)) + part)
      .join(""),
  );
}

function print(value: Value): string {
  if (value === null) {
    return "";
  }
  if (value instanceof Html) {
    return value.text;
  }
  return typeof value === "object" ? value.map(print).join("") : escape(String(value));
}

/** Shows a user name, which a narrow cell may split before its domain and before the mark of a guest. */
export function userName(name: string): Html {
  return new Html(
    name
      .split(/(?=@)|(?=#ext#)/i)
      .map(escape)
      .join("<wbr />"),
  );
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text. Control, bidirectional and zero-width characters are shown as escapes, and long texts are cut. */
export function escape(text: string): string {
  return visible(text, longestValue).replace(/[&<>"']/g, (found) => entities[found] ?? found);
}
