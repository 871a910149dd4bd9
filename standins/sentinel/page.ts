import { apiVersion } from "./apiVersion.ts";
import { badRequest } from "../service/problem.ts";
import type { ServiceRequest } from "../service/request.ts";

const defaultSize = 50;
const largestSize = 1000;

/** Returns one page of a list. Filters and orders are refused, because ignoring them would give a wrong answer. */
export function page(
  all: readonly unknown[],
  { path, query }: ServiceRequest,
  base: string,
): unknown {
  for (const name of ["$filter", "$orderby"]) {
    if (query[name] !== undefined) {
      throw badRequest(`The stand-in does not support ${name}.`);
    }
  }
  const size = whole(query["$top"] ?? String(defaultSize), "$top");
  const start = whole(query["$skipToken"] ?? "0", "$skipToken");
  if (size < 1 || size > largestSize) {
    throw badRequest(`$top must be from 1 to ${largestSize}.`);
  }
  const end = start + size;
  const next = new URLSearchParams({
    "api-version": apiVersion,
    $top: String(size),
    $skipToken: String(end),
  });
  return {
    value: all.slice(start, end),
    ...(end < all.length && { nextLink: `${base}${encodeURI(path)}?${next.toString()}` }),
  };
}

function whole(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw badRequest(`${name} must be a whole number, not '${text}'.`);
  }
  return Number(text);
}
