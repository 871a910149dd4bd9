/** Plays a scenario undisturbed, or with a process that dies at one point, and compares what both come to. */
import { expect } from "vitest";
import { essenceOf, unrest, viewOf, type Outcome, type View } from "./azureOutcome.ts";
import { crashAt, record, type Watched } from "./crashPoints.ts";
import { scenarios, type Scenario, type Step, type Work } from "./crashScenarios.ts";
import type { RecordedStep, Recording, Trial } from "./crashTrial.ts";
import { Survivor, workOff, workUntilDead } from "./crashWork.ts";
import type { PassingRequest } from "./gateway.ts";
import { startStage, type AppChild, type AppOptions, type Stage } from "./stage.ts";
import { passedOver } from "./watermarkLaw.ts";

const table = "MfaDenyState";

/** An Azure in which the rows of every scenario are published, each at its time. */
export async function startCrashStage(): Promise<Stage> {
  const all = Object.values(scenarios);
  const startAt = Math.min(...all.flatMap(({ steps }) => steps.map(({ at }) => at)));
  const stage = await startStage({ startAt, takesMs });
  stage.publish(all.flatMap(({ rows }) => rows));
  return stage;
}

/** So that the slices of a backfill are in a message each. */
function takesMs({ service, method, path }: PassingRequest): number {
  // The end of a slice is written to the job's row.
  const endsSlice = service === "table" && method === "PUT" && path.includes("part%7C");
  return endsSlice ? 200_000 : 0;
}

/** Where one scenario is played again and again, by a process that lives on and others that do not. */
export class CrashLab {
  readonly #stage: Stage;
  readonly #scenario: Scenario;
  readonly #options: AppOptions;
  readonly #survivor: Survivor;
  readonly #view: View;

  private constructor(stage: Stage, scenario: Scenario, options: AppOptions, survivor: Survivor) {
    this.#stage = stage;
    this.#scenario = scenario;
    this.#options = options;
    this.#survivor = survivor;
    this.#view = viewOf(stage.azure, table);
  }

  /** @param main another build of the app than that in dist/ */
  static async open(stage: Stage, scenario: Scenario, main?: string): Promise<CrashLab> {
    const options = { main, settings: { STATE_TABLE: table, ...scenario.settings } };
    return new CrashLab(stage, scenario, options, await Survivor.start(stage, options));
  }

  async record(): Promise<Recording> {
    const steps: RecordedStep[] = [];
    const outcome = await this.#play(async (step) => {
      const victim = await this.#startVictim(step.work);
      const { requests } = record(victim.gateway);
      const id = await workOff(victim, step.work);
      await victim.stop();
      await this.#survivor.perform(step.work, id);
      steps.push({ step, requests });
    });
    expect(outcome.incidents).toHaveLength(this.#scenario.incidents);
    expect(unrest(outcome.state)).toEqual([]);
    return { outcome, steps };
  }

  /**
   * @returns the request at which the process died
   * @throws where this comes to anything else than the undisturbed play
   */
  async try({ recording, step: { step: dying }, ...point }: Trial): Promise<string> {
    let watched: Watched = { requests: [] };
    const outcome = await this.#play(async (step) => {
      if (step.at !== dying.at) {
        await this.#survivor.perform(step.work);
        return;
      }
      const before = await this.#view.state();
      const victim = await this.#startVictim(step.work);
      watched = crashAt(victim, point);
      const id = await workUntilDead(victim, step.work);
      const ran = { before, after: await this.#view.state() };
      const { outcome: whole } = recording;
      expect(passedOver(ran, whole.state, this.#scenario.rows), "not recorded").toEqual([]);
      // What the platform does again by itself; a timer is not fired again.
      if (step.work.kind === "backfill") {
        await this.#survivor.perform(step.work, id);
      }
    });
    expect(unrest(outcome.state), "left").toEqual([]);
    if (this.#scenario.goesOn === true) {
      expect(essenceOf(outcome)).toEqual(essenceOf(recording.outcome));
    } else {
      expect(outcome).toEqual(recording.outcome);
    }
    return watched.requests[point.number - 1] ?? "none";
  }

  async close(): Promise<void> {
    await this.#survivor.stop();
  }

  /** @param die plays a step in which a process is to die */
  async #play(die: (step: Step) => Promise<void>): Promise<Outcome> {
    const { azure } = this.#stage;
    await this.#stage.reset();
    const uploads = azure.ingestion.uploads.length;
    for (const step of this.#scenario.steps) {
      this.#stage.moveTo(step.at);
      await (step.dies ? die(step) : this.#survivor.perform(step.work));
    }
    return this.#view.outcome(uploads);
  }

  /** Its messages come back a second after it died. */
  #startVictim({ kind }: Work): Promise<AppChild> {
    const messages = kind === "backfill" ? { pollMs: 50, lockMs: 1000 } : {};
    return this.#stage.startApp({ ...this.#options, ...messages });
  }
}
