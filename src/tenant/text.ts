/** The log writes JSON inside strings the way .NET does, with two blanks and CR LF. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", "\r\n");
}

/** Seven fractional digits. The last four are below a millisecond and only look real. */
export function ticks(at: number): string {
  const below = String(((at % 10_000) * 7919) % 10_000).padStart(4, "0");
  return `${new Date(at).toISOString().slice(0, -1)}${below}Z`;
}

/** MFA steps are written in whole seconds, with an offset instead of Z. */
export function wholeSecond(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}
