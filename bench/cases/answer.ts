import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { makeCertificate } from "../../standins/certificate.ts";
import { listen } from "../../standins/service/listen.ts";
import { candidateAnswer } from "../data/answer.ts";
import { dataFolder } from "../data/folder.mjs";
import type { Case } from "../frame/case.ts";
import { inMilliseconds, named, timeGoal } from "../frame/lines.ts";
import { inFreshProcess } from "../frame/processes.ts";
import { told } from "../frame/progress.ts";
import { race, type Candidate } from "../frame/rounds.ts";

const rows = 10_000;
const ours = "our adapter";
const first = "our adapter, first answer";

/** A server on this machine answers with a full page, without looking at the query. */
export const answerCase: Case = {
  name: "answer",
  async run({ rounds }) {
    const body = Buffer.from(JSON.stringify(candidateAnswer(rows)));
    const { cert, key } = makeCertificate();
    const trusted = join(dataFolder, "certificate.pem");
    writeFileSync(trusted, cert);
    const server = createServer({ cert, key }, (request, response) => {
      request.resume();
      request.once("end", () => {
        response.setHeader("content-type", "application/json; charset=utf-8");
        response.end(body);
      });
    });
    const url = `https://127.0.0.1:${await listen(server)}`;
    const candidate = (name: string, does: string, module: string, before: number): Candidate => ({
      name,
      does,
      exact: true,
      turn: () =>
        inFreshProcess(
          module,
          { url, ca: cert, before },
          { environment: { NODE_EXTRA_CA_CERTS: trusted } },
        ),
    });
    const candidates = [
      candidate(
        ours,
        "@azure/monitor-query behind our adapter; the fourth answer",
        "answerAdapter",
        3,
      ),
      candidate(
        "fetch",
        "fetch, JSON.parse, the same conversions; the fourth answer",
        "answerFetch",
        3,
      ),
      candidate(first, "and its memory", "answerAdapter", 0),
      candidate("fetch, first answer", "and its memory", "answerFetch", 0),
    ];
    const { raced, mismatch } = await race(candidates, rounds, told("answer"));
    server.close();
    return [
      {
        title: `Log Analytics answer of ${rows.toLocaleString("en")} rows, ${(body.length / 1e6).toFixed(1)} MB`,
        unit: "ms",
        lines: inMilliseconds(raced),
        goals: [
          timeGoal(`${ours} / fetch`, [named(raced, "fetch"), named(raced, ours)], 1.25, 1.1),
          {
            what: "peak memory, one answer",
            value: (named(raced, first).peakBytes ?? NaN) / 1e6,
            unit: " MB",
            better: "less",
            must: 150,
            goal: null,
          },
        ],
        mismatches: mismatch === null ? [] : [mismatch],
      },
    ];
  },
};
