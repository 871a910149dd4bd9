import { canonicalAddress } from "../signin/address.ts";
import { parseCidr } from "../signin/cidr.ts";
import { text } from "../signin/fields.ts";
import { remember } from "../signin/remember.ts";

/** Returns a logged address in its canonical spelling, as sign-ins have it. Returns null for blank text. */
export function addressOf(value: unknown): string | null {
  const whole = text(value)?.toLowerCase() ?? null;
  return whole === null ? null : canonicalAddress(whole);
}

/** Formats the first `count` 16-bit groups of an address. */
function groupsOf(value: bigint, count: number): string {
  return Array.from({ length: count }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  ).join(":");
}

function isIpv4(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}

function dotted(value: bigint, count: number): string {
  return Array.from({ length: count }, (_, index) =>
    String((value >> BigInt(24 - 8 * index)) & 0xffn),
  ).join(".");
}

/**
 * The network that represents an origin: an IPv4 address itself, or the /64 of an IPv6 address, which is one
 * household or office. Text that is not an address represents itself. Cached, because every sign-in is compared.
 */
export const networkOf = remember(readNetwork, 10_000);

function readNetwork(address: string): string {
  const value = parseCidr(address)?.value;
  if (value === undefined) {
    return address;
  }
  return isIpv4(value) ? dotted(value, 4) : `${groupsOf(value, 4)}::/64`;
}

/** Returns the neighbours of an address: the /24 of IPv4, the /48 of IPv6; null for text that is not an address. */
export function neighbourhoodOf(address: string): string | null {
  return neighbourhood(address) || null;
}

const neighbourhood = remember(readNeighbourhood, 10_000);

/** @returns a blank text for text that is not an address */
function readNeighbourhood(address: string): string {
  const value = parseCidr(address)?.value;
  if (value === undefined) {
    return "";
  }
  return isIpv4(value) ? `${dotted(value, 3)}.0/24` : `${groupsOf(value, 3)}::/48`;
}

/** Returns the common prefix of the IPv4 addresses in the same /24; null for other text. */
export function neighbourPrefix(address: string): string | null {
  return neighbourhoodOf(address)?.endsWith(".0/24") === true
    ? address.slice(0, address.lastIndexOf(".") + 1)
    : null;
}
