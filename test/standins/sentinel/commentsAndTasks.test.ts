import { afterEach, beforeEach, expect, test } from "vitest";
import { guid, incidentId, properties, startArm, type Arm } from "./arm.ts";

let arm: Arm;
beforeEach(async () => {
  arm = await startArm();
  await arm.call({ method: "PUT", path: `/${incidentId}`, body: { properties } });
});
afterEach(() => arm.sentinel.stop());

const put = (kind: "comments" | "tasks", n: number, content: object, etag?: string) =>
  arm.call({
    method: "PUT",
    path: `/${incidentId}/${kind}/${guid(n)}`,
    body: { etag, properties: content },
  });
const task = { title: "Call the user", status: "New", description: "By phone" };

test("a comment is 201 when new and 200 when changed, and can be read and listed", async () => {
  expect((await put("comments", 1, { message: "first" })).status).toBe(201);
  expect((await put("comments", 1, { message: "changed" })).status).toBe(200);
  const { body } = await arm.call({ path: `/${incidentId}/comments/${guid(1)}` });
  expect(body).toMatchObject({ name: guid(1), properties: { message: "changed" } });
  expect((await arm.call({ path: `/${incidentId}/comments` })).body.value).toEqual([body]);
  expect(arm.sentinel.comments(incidentId)).toHaveLength(1);
});

test("a comment counts on its incident, which has a new version then", async () => {
  const [before] = arm.sentinel.incidents();
  await put("comments", 1, { message: "first" });
  const [after] = arm.sentinel.incidents();
  expect(after?.properties.additionalData.commentsCount).toBe(1);
  expect(after?.etag).not.toBe(before?.etag);
  await arm.call({ method: "DELETE", path: `/${incidentId}/comments/${guid(1)}` });
  expect(arm.sentinel.incidents()[0]?.properties.additionalData.commentsCount).toBe(0);
});

test("a comment can have 30,000 characters, and an incident 100 comments", async () => {
  expect((await put("comments", 1, { message: "x".repeat(30_000) })).status).toBe(201);
  expect((await put("comments", 2, { message: "x".repeat(30_001) })).status).toBe(400);
  expect((await put("comments", 2, { message: "" })).status).toBe(400);
  for (let n = 2; n <= 100; n++) {
    await put("comments", n, { message: "m" });
  }
  expect((await put("comments", 101, { message: "m" })).status).toBe(400);
  expect((await put("comments", 100, { message: "changed" })).status).toBe(200);
});

test("an incident can have 40 tasks", async () => {
  for (let n = 1; n <= 40; n++) {
    expect((await put("tasks", n, task)).status).toBe(201);
  }
  const { status, body } = await put("tasks", 41, task);
  expect(status).toBe(400);
  expect(body.error.message).toBe("An incident has at most 40 tasks.");
});

test("a task needs a title and a status", async () => {
  expect((await put("tasks", 1, { title: "t" })).status).toBe(400);
  expect((await put("tasks", 1, { status: "New" })).status).toBe(400);
  expect((await put("tasks", 1, { ...task, status: "Done" })).status).toBe(400);
});

test("a task that an analyst completed has a new etag, and the old one is refused", async () => {
  const { etag } = (await put("tasks", 1, task)).body;
  arm.sentinel.editTask(incidentId, guid(1), { status: "Completed" });
  expect((await put("tasks", 1, task, etag)).status).toBe(409);
  expect(arm.sentinel.tasks(incidentId)).toMatchObject([
    { properties: { ...task, status: "Completed" } },
  ]);
});

test("what belongs to no incident is 404", async () => {
  const path = `/${guid(9)}/comments/${guid(1)}`;
  const body = { properties: { message: "m" } };
  expect((await arm.call({ method: "PUT", path, body })).status).toBe(404);
  expect((await arm.call({ path: `/${guid(9)}/tasks` })).status).toBe(404);
});
