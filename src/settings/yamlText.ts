import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Problem } from "./issues.ts";

/** A parsed text, and the place of each of its values. Lines and columns count from 1. */
export interface YamlText {
  readonly value: unknown;
  readonly problems: readonly (Problem & { readonly offset: number })[];
  /** Returns the place of a member or item, or of the value around it if it is missing. */
  readonly placeOf: (problem: Pick<Problem, "path"> & { readonly offset?: number }) => Place;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Maximum length of a text, more than rules can need. */
const longestText = 1_000_000;

/** Maximum depth of nested lists and objects. */
const deepest = 32;

/** Maximum number of problems reported. With more, the first ones are the ones to fix. */
const mostProblems = 20;

/**
 * Reads YAML 1.2 or JSON, with comments of either. It rejects YAML's anchors, aliases, merge keys and tags, so a text
 * means what it shows and is no larger than it looks.
 */
export function readYaml(given: string): YamlText {
  const text = withoutJsonComments(given.replace(/^\uFEFF/, ""));
  const unread = problemBeforeReading(text);
  const placeAt = placesIn(text);
  if (unread !== null) {
    return { value: null, problems: [unread], placeOf: ({ offset = 0 }) => placeAt(offset) };
  }
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    prettyErrors: false,
    logLevel: "silent",
    stringKeys: true,
  });
  const syntax = document.errors.map(({ pos: [offset], message }) => ({
    path: [],
    problem: `is not valid YAML or JSON: ${plainly(message)}`,
    offset,
  }));
  const refused = document.contents === null ? [] : refusedIn(document.contents);
  const problems = [...syntax, ...refused].slice(0, mostProblems);
  return {
    value: problems.length > 0 ? null : document.toJS({ maxAliasCount: 0 }),
    problems,
    placeOf: ({ path, offset }) => placeAt(offset ?? offsetOf(document.contents, path)),
  };
}

/** Returns the parser's message as the end of a sentence. */
function plainly(message: string): string {
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`.replace(
    "in block collection must be sufficiently indented and",
    "must",
  );
}

/** Returns a problem if the text would cost too much to read. */
function problemBeforeReading(text: string): YamlText["problems"][number] | null {
  if (text.length > longestText) {
    return { path: [], problem: `has more than ${longestText} characters`, offset: 0 };
  }
  const directive = /^%/m.exec(text);
  if (directive !== null) {
    const problem = "is a YAML directive, which is not accepted";
    return { path: [], problem, offset: directive.index };
  }
  let depth = 0;
  for (const { index, 0: mark } of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (mark === "[" || mark === "{" ? 1 : -1));
    if (depth > deepest) {
      return { path: [], problem: "is nested too deeply", offset: index };
    }
  }
  // Each level of a block is at least a column further in.
  const deep = new RegExp(`^[ \\t?:-]{${4 * deepest},}`, "m").exec(text);
  return deep === null ? null : { path: [], problem: "is nested too deeply", offset: deep.index };
}

/** The parts of a node that are checked. */
interface Part {
  readonly range?: readonly [number, number, number] | null;
  readonly anchor?: string;
  readonly tag?: string;
}

function refusedIn(node: unknown): YamlText["problems"] {
  const { range, anchor, tag } = node as Part;
  const offset = range?.[0] ?? 0;
  const told = (what: string) => [
    {
      path: [],
      problem: `has ${what}: write it out, since nothing in such a file stands for something else`,
      offset,
    },
  ];
  const own = [
    ...(isAlias(node) ? told("an alias") : []),
    ...(anchor === undefined ? [] : told("an anchor")),
    ...(isTagged(node, tag) ? told("a tag") : []),
  ];
  if (isSeq(node)) {
    return [...own, ...node.items.flatMap(refusedIn)];
  }
  if (isMap(node)) {
    return [
      ...own,
      ...node.items.flatMap(({ key, value }) => [
        ...(isScalar(key) && key.value === "<<"
          ? [
              {
                path: [],
                problem: "has a merge key: write the members out",
                offset: key.range?.[0] ?? 0,
              },
            ]
          : []),
        ...refusedIn(key),
        ...(value === null ? [] : refusedIn(value)),
      ]),
    ];
  }
  return own;
}

/** Reports whether the text gives the node a tag. The parser sets `tag` only then. */
function isTagged(node: unknown, tag: string | undefined): boolean {
  return tag !== undefined && !isAlias(node);
}

/** Returns the offset of a value, or of its key if it has one. */
function offsetOf(contents: unknown, path: Problem["path"]): number {
  let node = contents;
  let offset = startOf(contents);
  for (const [index, key] of path.entries()) {
    if (isSeq(node) && typeof key === "number" && node.items[key] !== undefined) {
      node = node.items[key];
      offset = startOf(node);
    } else if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && each.key.value === key);
      if (pair === undefined) {
        return offset;
      }
      const isLast = index === path.length - 1;
      node = pair.value;
      offset = startOf(isLast || node === null ? pair.key : node);
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number {
  return (node as Part | null)?.range?.[0] ?? 0;
}

/** Finds lines without reading the text again, because there can be many problems. */
function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Replaces JSON's comments with blanks, so that all offsets stay the same. YAML's comments do not begin with a slash. */
function withoutJsonComments(text: string): string {
  if (!/^\s*(?:\/\/|\/\*|[[{])/.test(text)) {
    return text;
  }
  // A quoted text or a comment begins here.
  const marks = /["'/]/g;
  const parts: string[] = [];
  let done = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const { index } = mark;
    const end = endOf(text, index);
    if (mark[0] === "/" && end > index + 1) {
      parts.push(text.slice(done, index), text.slice(index, end).replaceAll(/[^\n]/g, " "));
      done = end;
    }
    marks.lastIndex = end;
  }
  return parts.join("") + text.slice(done);
}

/** Returns the end of a quoted text or a comment, or the next offset if neither begins here. */
function endOf(text: string, start: number): number {
  const [first, second] = [text[start], text[start + 1]];
  if (first !== "/") {
    return endOfQuoted(text, start, first);
  }
  if (second !== "/" && second !== "*") {
    return start + 1;
  }
  const end = second === "/" ? text.indexOf("\n", start) : text.indexOf("*/", start + 2);
  return end < 0 ? text.length : second === "/" ? end : end + 2;
}

/** Returns the offset after the closing quote. Without one, it is the end of the line, and this is not a quoted text. */
function endOfQuoted(text: string, start: number, quote: string | undefined): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === quote) {
      return index + 1;
    }
    if (text[index] === "\n") {
      return index;
    }
    index += text[index] === "\\" && quote === '"' ? 1 : 0;
  }
  return text.length;
}
