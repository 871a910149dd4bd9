/** A small seeded random stream. Equal seeds give equal streams on every machine. */
export interface Random {
  /** From 0 to 2³² − 1. */
  uint32(): number;
  /** A whole number from 0 to below `bound` (at most 2³²). */
  below(bound: number): number;
  /** A whole number from `low` to `high`, both inclusive. */
  between(low: number, high: number): number;
  /** True in `perTenThousand` of 10,000 cases. */
  chance(perTenThousand: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** A synthetic GUID in the form of version 4. */
  guid(): string;
}

/** Murmur3's finaliser, which spreads each input bit over the whole word. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(word: number): string {
  const high = `${bytes[word >>> 24] ?? ""}${bytes[(word >>> 16) & 255] ?? ""}`;
  return `${high}${bytes[(word >>> 8) & 255] ?? ""}${bytes[word & 255] ?? ""}`;
}

/** mulberry32, seeded with any number of whole numbers. Uses only exact integer operations. */
export function randomOf(...parts: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of parts) {
    state = mix(state ^ mix(part));
    state = mix(state + Math.floor(part / 0x1_0000_0000) + 0x6d2b79f5);
  }

  function uint32(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  // A product below 2⁵³ divided by a power of two is exact, so results do not depend on rounding.
  const below = (bound: number) => Math.floor((uint32() / 0x1_0000_0000) * bound);

  return {
    uint32,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (perTenThousand) => below(10_000) < perTenThousand,
    pick: (list) => list[below(list.length)] ?? list[0],
    guid: () => {
      const [a, b, c, d] = [hex(uint32()), hex(uint32()), hex(uint32()), hex(uint32())];
      const variant = (8 + (Number.parseInt(c.slice(0, 1), 16) & 3)).toString(16);
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
    },
  };
}
