import type { Attempt, Draft, Prompt } from "../attempt.ts";
import { apps, attackerClients, npsApps } from "../clients.ts";
import { attemptOf, draftOf, promptOf, snapshotAfter } from "../drafts.ts";
import { stepText } from "../outcomes.ts";
import { respell, type Person } from "../people.ts";
import { hostingPlaces, attackerAddress } from "../places.ts";
import type { Random } from "../random.ts";
import { minuteMs, secondMs } from "../time.ts";
import type { Plot, Strike } from "./plot.ts";

/** The properties of the attacker's next request. */
type Origin = Pick<Attempt, "address" | "place" | "client" | "ownDevice" | "app" | "flow">;

function originsOf(plot: Plot, victim: Person, random: Random): (request: number) => Origin {
  const first = random.below(250);
  const place = random.pick(hostingPlaces);
  const client = random.pick(attackerClients);
  const app = plot.radius === true ? random.pick(npsApps) : random.pick(apps);
  const flow = plot.radius === true ? "nps" : "interactive";
  return (request) => ({
    // RADIUS shows the address of the VPN gateway, not the attacker's.
    address:
      plot.radius === true
        ? victim.office
        : attackerAddress(first + (plot.rotating === true ? request * 7 : 0)),
    place:
      plot.radius === true
        ? victim.site
        : plot.rotating === true
          ? (hostingPlaces[request % hostingPlaces.length] ?? place)
          : place,
    client,
    ownDevice: false,
    app,
    flow,
  });
}

/** The prompt is sent at most 15 seconds before the answer, because strikes are at least 25 seconds apart. */
function promptFor({ at, outcome }: Strike, random: Random): Prompt {
  return promptOf(
    at - (outcome === "noResponse" ? 60 * secondMs : random.between(3 * secondMs, 15 * secondMs)),
    at,
    outcome,
  );
}

/** Turns the strikes into rows. Truth needs the time at which the last of them is published. */
export function perform(plot: Plot, victim: Person, random: Random): Draft[] {
  const originOf = originsOf(plot, victim, random);
  const perRequest = plot.perRequest ?? 1;
  const drafts: Draft[] = [];
  let requests = 0;
  let told: readonly Prompt[] = [];
  let current: Attempt | undefined;

  function tell(strike: Strike, fresh: boolean, index: number): void {
    const prompt = promptFor(strike, random);
    if (current === undefined || fresh) {
      current = attemptOf(victim, prompt.askedAt - 4 * secondMs, random, originOf(requests));
      requests += 1;
      told = [];
    }
    told = [...told, prompt];
    const row =
      plot.radius === true
        ? radiusRow(current, strike)
        : snapshotAfter(current.requestId, told, strike.at + 400);
    const id = told.length > 1 && random.chance(3000) ? random.guid() : row.id;
    const spelled = plot.respelled === true ? { upn: respell(victim.upn, index) } : {};
    const draft = draftOf(current, { ...row, id, ...spelled }, random, plot.lateMs?.[index]);
    drafts.push(draft);
    if (plot.repeated === true) {
      drafts.push(...repeats(draft, random));
    }
  }

  plot.strikes.forEach((strike, index) => {
    tell(strike, told.length >= perRequest, index);
  });
  if (plot.approval !== undefined) {
    const { at, match } = plot.approval;
    tell({ at, outcome: "approved" }, match !== "same-request", plot.strikes.length);
  }
  return drafts;
}

function radiusRow(attempt: Attempt, { at, outcome }: Strike): Draft["snapshot"] {
  return {
    at,
    id: attempt.requestId,
    resultType: "500121",
    additionalDetails: stepText[outcome],
    prompts: [],
  };
}

/** Repeats the same row, in half of the cases also in the dialect without sequences. */
function repeats(draft: Draft, random: Random): Draft[] {
  const again = {
    ...draft,
    publishedAt: draft.publishedAt + random.between(minuteMs, 3 * minuteMs),
  };
  if (random.chance(5000)) {
    return [again];
  }
  return [
    again,
    draftOf(draft.attempt, { ...draft.snapshot, sequences: false }, random, 4 * minuteMs),
  ];
}
