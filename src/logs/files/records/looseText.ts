import { parseJson } from "../../../detection/signin/json.ts";

/** Maximum nesting. Rows nest about five levels. */
const maxDepth = 20;

/** A value read from text, and whether its end is missing. */
interface Loose {
  readonly value: unknown;
  readonly isCut: boolean;
}

/**
 * Reads the value that a text represents: JSON, encoded once or several times, PowerShell's notation of an object
 * (`@{a=b; c=d}`), or Python's (`{'a': None}`). Returns null for other text.
 */
export function readLooseText(text: string): Loose | null {
  const first = text.trimStart().slice(0, 2);
  if (first === "@{") {
    return new PowerShellText(text).read();
  }
  if (!/^(?:[[{"]|a)/.test(first)) {
    return null;
  }
  const json = readJson(text, maxDepth);
  if (json !== undefined) {
    return typeof json === "string" ? readLooseText(json) : { value: json, isCut: false };
  }
  return /^\s*(?:array\()?[[{]\s*(?:\{\s*)?(?:['\]}]|None|$)/.test(text.slice(0, 100))
    ? new PythonText(text).read()
    : null;
}

function readJson(text: string, layers: number): unknown {
  const value = parseJson(text);
  return typeof value === "string" && layers > 0 ? (readJson(value, layers - 1) ?? value) : value;
}

/** Reads `@{Name=value; Other=@{…}}`, one or several in sequence. Values may contain "; ", names no blanks. */
class PowerShellText {
  readonly #text: string;
  #at = 0;
  #isCut = false;

  constructor(text: string) {
    this.#text = text.trimEnd();
  }

  read(): Loose {
    const objects: unknown[] = [];
    for (;;) {
      const begin = this.#text.indexOf("@{", this.#at);
      if (begin === -1) {
        break;
      }
      this.#at = begin + 2;
      objects.push(this.#object(0));
    }
    return { value: objects.length === 1 ? objects[0] : objects, isCut: this.#isCut };
  }

  #object(depth: number): Readonly<Record<string, unknown>> {
    const members: [string, unknown][] = [];
    for (;;) {
      const [whole, name] = this.#match(/[\s;]*([\p{L}_@][\p{L}\p{N}_.@-]*)=/uy) ?? [];
      if (whole === undefined || name === undefined) {
        break;
      }
      members.push([name, this.#value(depth)]);
    }
    if (this.#match(/[\s;]*\}/y) === null) {
      this.#isCut ||= this.#at >= this.#text.length;
    }
    return Object.fromEntries(members);
  }

  #value(depth: number): unknown {
    if (depth < maxDepth && this.#match(/@\{/y) !== null) {
      return this.#object(depth + 1);
    }
    const end = /\}|;\s*(?=[\p{L}_@][\p{L}\p{N}_.@-]*=)/gu;
    end.lastIndex = this.#at;
    const found = end.exec(this.#text);
    const text = this.#text.slice(this.#at, found?.index);
    this.#at = found?.index ?? this.#text.length;
    this.#isCut ||= found === null;
    return text.trim().replace(/(?:…|\.\.\.)$/, "");
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    this.#at = found === null ? this.#at : pattern.lastIndex;
    return found;
  }
}

/** Reads lists, dictionaries, texts, numbers and words. Commas may be missing, because numpy omits them. */
class PythonText {
  readonly #text: string;
  #at = 0;
  #isCut = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns null for other text. */
  read(): Loose | null {
    const value = this.#value(0);
    return typeof value === "object" && value !== null ? { value, isCut: this.#isCut } : null;
  }

  #value(depth: number): unknown {
    this.#skip(/(?:\s|array\()*/y);
    const char = this.#text[this.#at];
    if (char === undefined || depth > maxDepth) {
      this.#isCut = true;
      this.#at = this.#text.length;
      return undefined;
    }
    switch (char) {
      case "[":
      case "(":
        this.#at++;
        return this.#list(depth + 1);
      case "{":
        this.#at++;
        return this.#dictionary(depth + 1);
      case "'":
      case '"':
        return this.#string(char);
      default:
        return this.#word();
    }
  }

  #list(depth: number): readonly unknown[] {
    const elements: unknown[] = [];
    while (!this.#closes()) {
      const before = this.#at;
      elements.push(this.#value(depth));
      this.#skip(/\s*,?/y);
      this.#at = Math.max(this.#at, before + 1);
    }
    return elements.filter((element) => element !== undefined);
  }

  #dictionary(depth: number): Readonly<Record<string, unknown>> {
    const members: [string, unknown][] = [];
    while (!this.#closes()) {
      const before = this.#at;
      const key = this.#value(depth);
      this.#skip(/\s*:?/y);
      const value = this.#value(depth);
      if (typeof key === "string" && value !== undefined) {
        members.push([key, value]);
      }
      this.#skip(/\s*,?/y);
      this.#at = Math.max(this.#at, before + 1);
    }
    return Object.fromEntries(members);
  }

  /** Reports whether the open bracket closes here, or never does. */
  #closes(): boolean {
    this.#skip(/\s*/y);
    if (this.#at >= this.#text.length) {
      this.#isCut = true;
      return true;
    }
    if (/[\])}]/.test(this.#text.charAt(this.#at))) {
      this.#at++;
      return true;
    }
    return false;
  }

  #string(quote: string): string | undefined {
    let text = "";
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === quote) {
        this.#at = at + 1;
        return text;
      }
      if (char === "\\") {
        const [code, digits] = /^\\(?:x([\da-f]{2})|u([\da-f]{4}))/i.exec(
          this.#text.slice(at, at + 6),
        ) ?? [null];
        if (code === null) {
          at++;
          text += escapes.get(this.#text.charAt(at)) ?? this.#text.charAt(at);
        } else {
          text += String.fromCharCode(parseInt(digits ?? code.slice(2), 16));
          at += code.length - 1;
        }
      } else {
        text += char;
      }
    }
    this.#isCut = true;
    this.#at = this.#text.length;
    return undefined;
  }

  #word(): unknown {
    const [word = ""] = /[^\s,:[\](){}'"]+/y.exec(this.#text.slice(this.#at, this.#at + 100)) ?? [];
    this.#at += Math.max(1, word.length);
    switch (word) {
      case "True":
      case "true":
        return true;
      case "False":
      case "false":
        return false;
      case "None":
      case "null":
      case "nan":
        return null;
      default:
        return word === "" || Number.isNaN(Number(word)) ? word : Number(word);
    }
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#text)) {
      this.#at = pattern.lastIndex;
    }
  }
}

const escapes = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);
