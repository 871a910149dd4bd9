import { describe, expect, test } from "vitest";
import { noticesOn } from "../../src/settings/notices.ts";

const usual = {
  sinks: ["sentinel", "logs"],
  dryRun: false,
  stateStorage: { tableServiceUri: "https://a.example", queueServiceUri: "https://b.example" },
  clientId: null,
  queueClientId: null,
} as const;

describe("the operator is warned", () => {
  test("that the Defender portal shows nothing, where only the API of Sentinel is written to", () => {
    const notices = noticesOn({ ...usual, sinks: ["sentinel"] });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^The Defender portal shows nothing.*31 March 2027.*defender\.md/);
  });

  test("nothing of it where findings go to the table, or nowhere", () => {
    expect(noticesOn(usual)).toEqual([]);
    expect(noticesOn({ ...usual, sinks: ["logs"] })).toEqual([]);
    expect(noticesOn({ ...usual, sinks: ["sentinel"], dryRun: true })).toEqual([]);
  });

  test("that the queue is read with another identity than the state", () => {
    const clientId = "00000000-0000-0000-0000-000000000001";
    expect(noticesOn({ ...usual, clientId })).toEqual([
      expect.stringMatching(/STATE_STORAGE__credential=managedidentity/),
    ]);
    expect(noticesOn({ ...usual, clientId, queueClientId: clientId })).toEqual([]);
    const stateStorage = { connectionString: "x", allowHttp: false };
    expect(noticesOn({ ...usual, clientId, stateStorage })).toEqual([]);
  });
});
