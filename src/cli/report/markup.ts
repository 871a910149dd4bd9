import { visible } from "../../detection/signin/visible.ts";

/** Markup that is safe to print: made by `markup` alone, so that no text of a log gets in unescaped. */
export class Html {
  readonly text: string;

  /** @param text markup of our own */
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | null | readonly Value[];

const longestValue = 2_000;

/** Markup with values in it: texts are escaped, lists are joined, null prints nothing. */
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

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control, bidirectional and zero-width characters are shown as escapes, and long texts are cut. */
export function escape(text: string): string {
  return visible(text, longestValue).replace(/[&<>"']/g, (found) => entities[found] ?? found);
}
