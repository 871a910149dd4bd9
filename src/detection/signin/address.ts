import { formatAddress, parseAddress } from "./cidr.ts";
import { remember } from "./remember.ts";

const plainIpv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const bracketed = /^\[([^\]]*)\](?::\d+)?$/;
const ipv4Port = /((?:^|:)\d{1,3}(?:\.\d{1,3}){3}):\d+$/;

/** A log has few addresses, and many rows of each. */
const canonical = remember(readAnew, 1_000);

/**
 * The address alone in its one canonical spelling (RFC 5952): without brackets, port and zone, an IPv4 address that
 * is mapped into IPv6 as IPv4. Text that is no address stays as it is.
 *
 * @param text trimmed, in lower case
 */
export function canonicalAddress(text: string): string {
  return plainIpv4.test(text) ? text : canonical(text);
}

/** IPv4 before IPv6, and by text. */
export function compareAddresses(a: string, b: string): number {
  return Number(a.includes(":")) - Number(b.includes(":")) || (a < b ? -1 : 1);
}

function readAnew(text: string): string {
  const [bare = ""] = text.replace(bracketed, "$1").replace(ipv4Port, "$1").split("%", 1);
  const value = parseAddress(bare);
  return value === null ? text : formatAddress(value);
}
