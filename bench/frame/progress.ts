import type { Turn } from "./rounds.ts";

/** Shows progress on standard error. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function told(title: string): (name: string, round: number, turn: Turn) => void {
  return (name, round, { ms }) =>
    tell(`${title}: round ${round + 1}, ${name}: ${Math.round(ms)} ms`);
}
