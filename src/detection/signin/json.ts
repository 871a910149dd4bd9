/** Below this length nesting cannot get deep enough to hurt, so the text need not be scanned twice. */
const shallowLength = 64 * 1024;
/** Rows nest about five levels. Millions of brackets would cost the parser gigabytes. */
const maxDepth = 1_000;

/** Parses JSON. Returns undefined if the text is not JSON, or is nested too deeply. */
export function parseJson(text: string): unknown {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[" && start !== '"') {
    return undefined;
  }
  if (text.length > shallowLength && isDeep(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Looked like JSON but is not.
  }
  return undefined;
}

/** Reports whether a text is nested too deeply. Exact up to the first error, where the parser stops anyway. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length && depth <= maxDepth; at++) {
    const char = text[at];
    if (char === '"') {
      inString = !inString;
    } else if (inString) {
      at += char === "\\" ? 1 : 0;
    } else if (char === "{" || char === "[") {
      depth++;
    } else if (char === "}" || char === "]") {
      depth--;
    }
  }
  return depth > maxDepth;
}

/**
 * Returns the whole objects of a JSON array that was cut off, as Log Analytics does with long columns. The rest
 * after the last whole object is lost.
 */
export function salvageObjects(text: string): readonly unknown[] {
  const objects: unknown[] = [];
  let depth = 0;
  let start = 0;
  let inString = false;
  // Stryker disable next-line EqualityOperator: there is no character behind the end, so one step more finds nothing.
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") {
        at++;
      } else if (char === '"') {
        inString = false;
      }
    } else if (char === '"') {
      inString = true;
    } else if (char === "{" && depth++ === 0) {
      start = at;
    } else if (char === "}" && depth > 0 && --depth === 0) {
      objects.push(parseJson(text.slice(start, at + 1)));
    }
  }
  return objects;
}
