/** A range of addresses. `bits` counts from the start of a 128-bit address. IPv4 lies in ::ffff:0:0/96. */
export interface Cidr {
  readonly text: string;
  readonly value: bigint;
  readonly bits: number;
}

const ipv4Prefix = 0xffffn << 32n;

/**
 * Parses a CIDR range or a single address, IPv4 or IPv6.
 *
 * @returns null if the text is neither
 */
export function parseCidr(text: string): Cidr | null {
  // Stryker disable next-line StringLiteral: only for the compiler, a split text has a first part.
  const [address = "", length, ...rest] = text.trim().split("/");
  const value = parseAddress(address);
  const longest = address.includes(":") ? 128 : 32;
  const bits = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (value === null || rest.length > 0 || !(bits <= longest)) {
    return null;
  }
  return { text: text.trim(), value, bits: bits + 128 - longest };
}

/** Reports whether an address lies in a range. Text that is not an address lies in none. */
export function contains(range: Cidr, address: string): boolean {
  const value = parseAddress(address);
  const shift = BigInt(128 - range.bits);
  return value !== null && value >> shift === range.value >> shift;
}

/** Returns an address as 128 bits; null if the text is not an address. */
export function parseAddress(text: string): bigint | null {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return null;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) | ipv4Prefix;
}

function parseIpv6(text: string): bigint | null {
  // A dotted tail (::ffff:192.0.2.1) makes two groups.
  const tailAt = text.lastIndexOf(":") + 1;
  const tail = parseIpv4(text.slice(tailAt));
  const whole = tail === null ? text : text.slice(0, tailAt) + twoGroups(tail);
  const halves = whole.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - halves.flat().length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) {
    return null;
  }
  const zeros = Array.from({ length: missing }, () => "0");
  // Zeros before the first half change nothing.
  const groups = halves.flatMap((half) => [...zeros, ...half]);
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
    : null;
}

/** Formats an address as in RFC 5952, or as dotted decimal. */
export function formatAddress(value: bigint): string {
  if (value >> 32n === ipv4Prefix >> 32n) {
    return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
  }
  const groups = Array.from(
    { length: 8 },
    (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn,
  );
  const { from, to } = longestZeros(groups);
  const text = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(":");
  return to - from < 2 ? text(groups) : `${text(groups.slice(0, from))}::${text(groups.slice(to))}`;
}

/** Returns the first of the longest runs of zeros. */
function longestZeros(groups: readonly bigint[]): { readonly from: number; readonly to: number } {
  let longest = { from: 0, to: 0 };
  let from = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0n) {
      from = index + 1;
    } else if (index + 1 - from > longest.to - longest.from) {
      longest = { from, to: index + 1 };
    }
  }
  return longest;
}

function twoGroups(ipv4: bigint): string {
  return `${((ipv4 >> 16n) & 0xffffn).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`;
}
