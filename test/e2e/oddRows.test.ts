/** Rows as some logs have them, over several runs of the built app: ports, one person with two names, no id. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { localWorkspace, startLocalAzure, type LocalAzure } from "../../standins/localAzure.ts";
import { denialRow, time } from "../builders.ts";
import { minute } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";

const nobody = "00000000-0000-0000-0000-000000000000";

let now = time("09:00");
let setAt = performance.now();
const clock = () => now + performance.now() - setAt;
let azure: LocalAzure;

/** So many refusals, one a minute. */
const refusedBy = (
  count: number,
  more: (index: number) => Parameters<typeof denialRow>[1],
): ReturnType<typeof denialRow>[] =>
  Array.from({ length: count }, (_, index) =>
    denialRow(time("09:00") + index * minute, more(index)),
  );

beforeAll(async () => {
  azure = await startLocalAzure({ clock, settings: { CONTEXT: "off" } });
  const rows = [
    ...refusedBy(6, (index) => ({
      address: `203.0.113.10:${50_000 + index}`,
      request: `a${index}`,
    })),
    ...refusedBy(6, (index) => ({
      user: {
        name: index < 3 ? "old.name@contoso.com" : "new.name@contoso.com",
        id: "00000000-0000-0000-0000-0000000000d1",
      },
      request: `b${index}`,
    })),
    ...["first", "second"].flatMap((name) =>
      refusedBy(5, (index) => ({
        user: { name: `${name}@contoso.com`, id: nobody },
        request: `${name}${index}`,
      })),
    ),
  ];
  azure.logs.publish(localWorkspace.workspaceId, "SigninLogs", publish(rows));
}, 60_000);
afterAll(() => azure.stop());

it("one incident each: whatever the port, under both names, and not shared by those without an id", async () => {
  const host = await azure.startHost();
  for (let at = time("09:03"); at <= time("09:20"); at += 2 * minute) {
    now = at;
    setAt = performance.now();
    host.moveClock(at);
    await host.fireTimer("detect");
  }
  await host.stop();
  const found = azure.sentinel.incidents().map(({ properties }) => {
    const description = properties.description ?? "";
    return {
      user: /\S+@\S+/.exec(properties.title)?.[0],
      prompts: /refused \*\*(\d+) MFA prompts/.exec(description)?.[1],
      addresses: new Set(description.match(/203\.0\.113\.10(?::\d+)?/g)),
    };
  });
  const told = new Map(found.map((each) => [each.user, each]));
  expect(found).toHaveLength(4);
  expect(told.get("alice@contoso.com")).toMatchObject({ prompts: "6" });
  expect(told.get("alice@contoso.com")?.addresses).toEqual(new Set(["203.0.113.10"]));
  const person = told.get("new.name@contoso.com") ?? told.get("old.name@contoso.com");
  expect(person).toMatchObject({ prompts: "6" });
  expect(told.get("first@contoso.com")).toMatchObject({ prompts: "5" });
  expect(told.get("second@contoso.com")).toMatchObject({ prompts: "5" });
}, 60_000);
