/** "500121.0", 500121 and "5.00121e5" are the same code. */
export function readCode(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isInteger(value) ? String(value) : value;
  }
  return typeof value === "string" && /^\s*\d{1,9}(?:\.\d+)?(?:e[+-]?\d)?\s*$/i.test(value)
    ? String(Number(value))
    : value;
}

export function isCode(value: unknown): boolean {
  return typeof value === "string" && /^\d+$/.test(value);
}

export function isSuccess(value: unknown): boolean {
  return typeof value === "string" && /^(?:success|succeeded|successful|none)$/i.test(value.trim());
}
