import { candidateColumns, servedAt } from "../../src/logs/azure/columns.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import type { Answer } from "../data/answer.ts";
import { timeAnswer, workspace, type AnswerTask } from "../findings/answerTask.ts";
import type { Turn } from "../frame/rounds.ts";

/** `fetch`, `JSON.parse`, and rows by name without empty columns. Trusts NODE_EXTRA_CA_CERTS. */
export function work(task: AnswerTask): Promise<Turn> {
  return timeAnswer(task, async () => {
    const response = await fetch(`${task.url}/v1/workspaces/${workspace}/query`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer none" },
      body: JSON.stringify({ query: "SigninLogs" }),
    });
    return converted((await response.json()) as Answer);
  });
}

function converted({ tables: [table] }: Answer): readonly Fields[] {
  const names = Object.keys(candidateColumns);
  const places = names.map((name) => table?.columns.findIndex((each) => each.name === name) ?? -1);
  const rows: Fields[] = [];
  for (const cells of table?.rows ?? []) {
    const row: Record<string, unknown> = {};
    for (const [index, name] of names.entries()) {
      const value = cells[places[index] ?? -1];
      if (value !== null && value !== undefined) {
        row[name] = value;
      }
    }
    if (row[servedAt] === undefined) {
      rows.push(row);
    }
  }
  return rows;
}
