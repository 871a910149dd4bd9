import { formatAddress, parseAddress } from "./cidr.ts";
import { remember } from "./remember.ts";

const plainIpv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const bracketed = /^\[([^\]]*)\](?::\d+)?$/;
const ipv4Port = /((?:^|:)\d{1,3}(?:\.\d{1,3}){3}):\d+$/;

/** Cached, because a log has few addresses and many rows for each. */
const canonical = remember(readAnew, 1_000);

/**
 * Returns an address in its canonical spelling (RFC 5952), without brackets, port and zone. An IPv4 address mapped
 * into IPv6 is returned as IPv4. Other text is returned unchanged.
 *
 * @param text trimmed, in lower case
 */
export function canonicalAddress(text: string): string {
  return plainIpv4.test(text) ? text : canonical(text);
}

/** Sorts IPv4 before IPv6, and then by text. */
export function compareAddresses(a: string, b: string): number {
  return Number(a.includes(":")) - Number(b.includes(":")) || (a < b ? -1 : 1);
}

function readAnew(text: string): string {
  const [bare = ""] = text.replace(bracketed, "$1").replace(ipv4Port, "$1").split("%", 1);
  const value = parseAddress(bare);
  return value === null ? text : formatAddress(value);
}
