/** What processes of the app are given to do, by the one that goes on and by those that die at it. */
import { expect } from "vitest";
import type { Work } from "./crashScenarios.ts";
import type { PassingRequest } from "./gateway.ts";
import type { AppChild, AppOptions, Stage } from "./stage.ts";

/** @returns the id of a backfill, worked off */
export async function workOff(app: AppChild, work: Work): Promise<string | null> {
  const id = await begin(app, work);
  await worksOff(app, work);
  return id;
}

/** Until no message is left, hidden ones counted. */
async function worksOff({ host }: AppChild, { kind }: Work): Promise<void> {
  if (kind === "backfill") {
    await host.queuesEmpty({ timeoutMs: 60_000 });
  }
}

/** @returns the id of a backfill that was accepted before the process died */
export async function workUntilDead(victim: AppChild, work: Work): Promise<string | null> {
  const accepted = begin(victim, work);
  const worked = accepted.then(() => worksOff(victim, work));
  await Promise.race([worked, victim.host.exited]).catch((error: unknown) => {
    if (!victim.isKilled) {
      throw error;
    }
  });
  // After the last answer the work may be over before the process is.
  await victim.kill();
  return accepted.catch(() => null);
}

/** The process that goes on. While others work on messages it takes none: they are to die at it. */
export class Survivor {
  readonly #app: AppChild;
  #opened = new Gate();

  private constructor(app: AppChild) {
    this.#app = app;
    app.gateway.use(async (request, forward) => {
      if (isReceive(request)) {
        await this.#opened.passed;
      }
      return forward();
    });
  }

  static async start(stage: Stage, options: AppOptions): Promise<Survivor> {
    return new Survivor(await stage.startApp({ ...options, pollMs: 50 }));
  }

  /** @param accepted id of a backfill that somebody began */
  async perform(what: Work, accepted: string | null = null): Promise<void> {
    this.#opened.open();
    const id = accepted ?? (await begin(this.#app, what));
    await worksOff(this.#app, what);
    if (what.kind === "backfill") {
      const job = await (await this.#app.host.request({ url: `/api/backfill/${id}` })).json();
      expect(job).toMatchObject({ state: "done", errors: [] });
    }
    this.#opened = new Gate();
  }

  async stop(): Promise<void> {
    this.#opened.open();
    await this.#app.stop();
  }
}

class Gate {
  readonly passed: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

function isReceive({ service, method, path }: PassingRequest): boolean {
  return service === "queue" && method === "GET" && path.includes("/messages");
}

/** @returns the id of a backfill, once it is accepted */
async function begin({ host }: AppChild, work: Work): Promise<string | null> {
  if (work.kind !== "backfill") {
    await host.fireTimer(work.kind === "detect" ? "detect" : "maintenance");
    return null;
  }
  const iso = (at: number) => new Date(at).toISOString();
  const body = { from: iso(work.from), to: iso(work.to) };
  const response = await host.request({ method: "POST", url: "/api/backfill", body });
  return response.status === 202 ? ((await response.json()) as { id: string }).id : null;
}
