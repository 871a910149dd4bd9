/** A range of addresses. `bits` counts from the start of a 128-bit address; IPv4 lies in ::ffff:0:0/96. */
export interface Cidr {
  readonly text: string;
  readonly value: bigint;
  readonly bits: number;
}

const ipv4Prefix = 0xffffn << 32n;

/**
 * A CIDR range or a single address, IPv4 or IPv6.
 *
 * @returns null where the text is neither
 */
export function parseCidr(text: string): Cidr | null {
  const [address = "", length, ...rest] = text.trim().split("/");
  const value = parseAddress(address);
  const longest = address.includes(":") ? 128 : 32;
  const bits = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (value === null || rest.length > 0 || !(bits <= longest)) {
    return null;
  }
  return { text: text.trim(), value, bits: bits + 128 - longest };
}

/** Whether an address lies in a range; text that is no address lies in none. */
export function contains(range: Cidr, address: string): boolean {
  const value = parseAddress(address);
  const shift = BigInt(128 - range.bits);
  return value !== null && value >> shift === range.value >> shift;
}

function parseAddress(text: string): bigint | null {
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
  // A dotted tail (::ffff:192.0.2.1) is two groups.
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  const tail = dotted === null ? 0n : parseIpv4(dotted[2] ?? "");
  if (tail === null) {
    return null;
  }
  const whole =
    dotted === null
      ? text
      : `${dotted[1]}${((tail >> 16n) & 0xffffn).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const halves = whole.split("::");
  const [left = [], right = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - left.length - right.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) {
    return null;
  }
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
    : null;
}
