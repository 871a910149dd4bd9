import { logAnalytics } from "../../src/logs/azure/logAnalytics.ts";
import { timeAnswer, workspace, type AnswerTask } from "../findings/answerTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** The detector's adapter over Azure's client, including token, retries and limits. */
export function work(task: AnswerTask): Promise<Turn> {
  const source = logAnalytics({
    endpoint: task.url,
    audience: "https://api.loganalytics.io",
    credential: { getToken: async () => ({ token: "none", expiresOnTimestamp: Infinity }) },
    connection: { tlsOptions: { ca: task.ca } },
  })(workspace);
  const now = Date.now();
  const query = {
    by: "ingested",
    range: { from: now - 300_000, to: now },
    users: null,
    shard: null,
  } as const;
  return timeAnswer(task, async () => {
    const answer = await source.candidates(query, new AbortController().signal);
    if (answer.kind !== "whole") {
      throw new Error(answer.reason);
    }
    return answer.rows;
  });
}
