import type { Fields } from "../../src/detection/signin/fields.ts";
import { randomOf } from "../../src/tenant/random.ts";
import type { LogQuery } from "../../src/run/ports.ts";

export interface TenantOptions {
  readonly seed: number;
  readonly users: number;
  readonly from: number;
  readonly to: number;
  /** How many times as many candidates the busiest hour of a day has as the quietest. */
  readonly swing: number;
  /** Rows that may contain a denial: most are time-outs, one in five is a refusal. */
  readonly candidates: number;
  /** Users who refuse six prompts, one per minute. One in three approves the seventh. */
  readonly attacks: number;
}

/** How long after the sign-in a row is ingested, in milliseconds. */
const lag = 3 * 60_000;
const minute = 60_000;
const day = 1_440 * minute;
const denialsOfAttack = 6;

const texts = [
  "MFA denied; user declined the authentication",
  "MFA denied; user did not respond to mobile app notification",
  "MFA denied; invalid verification code",
  "MFA successfully completed",
] as const;
const refusal = 0;
const approval = 3;

/**
 * The rows of a large tenant that the detector's queries can select. All others, which only the service looks at,
 * are just counted. Stored as columns in order of time; rows are created on request.
 */
export class SimulatedTenant {
  readonly #attackedAt: Float64Array;
  readonly #at: Float64Array;
  readonly #user: Uint32Array;
  readonly #text: Uint8Array;
  /** Indexes by user, in order of time. */
  readonly #places: Uint32Array;
  readonly #firstPlace: Uint32Array;

  constructor(options: TenantOptions) {
    const drawn = draw(options);
    const order = drawn.at.map((_, index) => index).toSorted(inOrderOf(drawn.at));
    this.#attackedAt = drawn.attackedAt;
    this.#at = drawn.at.map((_, place) => drawn.at[order[place] ?? 0] ?? 0);
    this.#user = drawn.user.map((_, place) => drawn.user[order[place] ?? 0] ?? 0);
    this.#text = drawn.text.map((_, place) => drawn.text[order[place] ?? 0] ?? 0);
    const { places, firstPlace } = placesByUser(this.#user, options.users);
    this.#places = places;
    this.#firstPlace = firstPlace;
  }

  /** Returns the number of attacks that begin at or after a time. */
  attacksSince(from: number): number {
    return this.#attackedAt.filter((at) => at >= from).length;
  }

  candidates(query: LogQuery): readonly Fields[] {
    return this.#select(query, false);
  }

  approvals(query: LogQuery): readonly Fields[] {
    return this.#select(query, true);
  }

  /** Rows were ingested a fixed time after they happened, so both times of a query mean the same. */
  #select({ range, users, shard }: LogQuery, wantsApprovals: boolean): readonly Fields[] {
    if (shard !== null) {
      throw new Error("no moment of the simulation is too much for an answer");
    }
    const selected: Fields[] = [];
    const take = (place: number) => {
      if ((this.#text[place] === approval) === wantsApprovals) {
        selected.push(this.#row(place));
      }
    };
    const from = range.from - lag;
    const to = range.to - lag;
    if (users === null) {
      for (let place = this.#placeOf(from); (this.#at[place] ?? to) < to; place++) {
        take(place);
      }
    }
    for (const user of users ?? []) {
      this.#placesOf(user)
        .filter((place) => (this.#at[place] ?? to) >= from && (this.#at[place] ?? to) < to)
        .forEach(take);
    }
    return selected;
  }

  /** The first index at or after a time. */
  #placeOf(at: number): number {
    let [low, high] = [0, this.#at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at[middle] ?? 0) < at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** By the principal name. Queries name the id as well, which finds the same rows. */
  #placesOf(name: string): Uint32Array {
    const digits = /^user(\d+)@/.exec(name)?.[1];
    if (digits === undefined) {
      return new Uint32Array();
    }
    const user = Number(digits);
    return this.#places.subarray(this.#firstPlace[user], this.#firstPlace[user + 1]);
  }

  #row(place: number): Fields {
    return rowOf(place, this.#at[place] ?? 0, this.#user[place] ?? 0, this.#text[place] ?? 0);
  }
}

function draw({ seed, users, from, to, swing, candidates, attacks }: TenantOptions) {
  const random = randomOf(seed, 12, users, candidates);
  const rows = candidates + attacks * (denialsOfAttack + 1);
  const drawn = {
    attackedAt: new Float64Array(attacks),
    at: new Float64Array(rows),
    user: new Uint32Array(rows),
    text: new Uint8Array(rows),
  };
  let place = 0;
  const add = (at: number, user: number, text: number) => {
    drawn.at[place] = at;
    drawn.user[place] = user;
    drawn.text[place] = text;
    place++;
  };
  const moment = (before: number) =>
    from + Math.floor((random.uint32() / 2 ** 32) * (before - from));
  /** Takes as many of the moments of an hour as its share of the busiest hour. */
  const workMoment = (): number => {
    for (;;) {
      const at = moment(to);
      const height = (1 + Math.sin((2 * Math.PI * at) / day)) / 2;
      if (random.uint32() / 2 ** 32 < (1 + (swing - 1) * height) / swing) {
        return at;
      }
    }
  };
  for (let count = 0; count < candidates; count++) {
    // Spread over all users, so that tenants of any size have the same number of active users.
    const user = Math.floor((count * users) / candidates) % users;
    add(
      swing === 1 ? moment(to) : workMoment(),
      user,
      random.below(5) === 0 ? refusal : random.between(1, 2),
    );
  }
  for (let count = 0; count < attacks; count++) {
    const user = random.below(users);
    const begin = moment(Math.max(from + 1, to - 10 * minute));
    drawn.attackedAt[count] = begin;
    for (let prompt = 0; prompt < denialsOfAttack; prompt++) {
      add(begin + prompt * minute, user, refusal);
    }
    const isApproved = random.below(3) === 0;
    add(begin + denialsOfAttack * minute, user, isApproved ? approval : refusal);
  }
  return drawn;
}

function inOrderOf(at: Float64Array): (a: number, b: number) => number {
  return (a, b) => (at[a] ?? 0) - (at[b] ?? 0);
}

function placesByUser(userAt: Uint32Array, users: number) {
  const firstPlace = new Uint32Array(users + 1);
  for (const user of userAt) {
    firstPlace[user + 1] = (firstPlace[user + 1] ?? 0) + 1;
  }
  for (let user = 0; user < users; user++) {
    firstPlace[user + 1] = (firstPlace[user + 1] ?? 0) + (firstPlace[user] ?? 0);
  }
  const next = firstPlace.slice();
  const places = new Uint32Array(userAt.length);
  for (const [place, user] of userAt.entries()) {
    const free = next[user] ?? 0;
    places[free] = place;
    next[user] = free + 1;
  }
  return { places, firstPlace };
}

function rowOf(place: number, at: number, user: number, text: number): Fields {
  const number = String(place).padStart(12, "0");
  const approved = text === approval;
  const step = {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: "Mobile app notification",
    succeeded: approved,
    authenticationStepResultDetail: texts[text],
    StatusSequence: at,
    RequestSequence: at - 12_000,
  };
  const stored = new Date(at + lag).toISOString();
  return {
    TimeGenerated: stored,
    CreatedDateTime: new Date(at).toISOString(),
    ResultType: approved ? "0" : "500121",
    Id: `00000000-0000-4000-8000-${number}`,
    OriginalRequestId: `00000000-0000-4000-8000-${number}`,
    AADTenantId: "00000000-0000-0000-0000-0000000000cc",
    UserPrincipalName: `user${user}@contoso.com`,
    UserId: `00000000-0000-4000-9000-${String(user).padStart(12, "0")}`,
    UserType: "Member",
    IPAddress: `198.51.100.${user % 250}`,
    AppDisplayName: "Office 365 Exchange Online",
    IsInteractive: true,
    Status: { errorCode: approved ? 0 : 500121 },
    AuthenticationDetails: JSON.stringify([step]),
  };
}
