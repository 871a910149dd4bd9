import { expect, test } from "vitest";
import { readRoute } from "../../../standins/functionsHost/route.ts";

const guid = "73e01a99-5cd7-4139-a149-9f2736ff2ab5";

test.each([
  ["health", "/health", {}],
  ["Health", "/hEALTH/", {}],
  ["a/{id}", "/a/1", { id: "1" }],
  ["a/{id?}", "/a", {}],
  ["a/{id:int}", "/a/12", { id: "12" }],
  ["a/{id:guid}/b", `/a/${guid}/b`, { id: guid }],
  ["a/{*rest}", "/a/b/c", { rest: "b/c" }],
  ["a/{*rest}", "/a", {}],
])("the route %s takes %s", (template, path, params) => {
  expect(readRoute(template)(path)?.params).toEqual(params);
});

test.each([
  ["health", "/healthy"],
  ["health", "/health/more"],
  ["a/{id}", "/a"],
  ["a/{id}", "/a/1/2"],
  ["a/{id:int}", "/a/one"],
  ["a/{id:guid}", "/a/1"],
  ["a/{id}/b", "/a/1/c"],
])("the route %s does not take %s", (template, path) => {
  expect(readRoute(template)(path)).toBeUndefined();
});

test.each(["a/{id:odd}", "a/{id}-{part}"])("the route %s is refused", (template) => {
  expect(() => readRoute(template)).toThrow("stand-in");
});
