import type { RowAccount } from "../../../detection/signin/account.ts";
import { promptOutcomes } from "../../../detection/signin/outcome.ts";
import {
  sightingSources,
  type Approval,
  type ApprovalDetails,
  type RequestIds,
  type Sighting,
} from "../../../detection/signin/sighting.ts";
import { detailsKinds, requestSources, type Origin } from "../../../detection/signin/signIn.ts";
import type { Extract } from "../../../run/signInFiles.ts";

/** An extract as a few large values, which are cheap to send to another thread. */
export interface PackedExtract extends Pick<Extract, "counts" | "bad" | "tally"> {
  /** Each text once. Values refer to it by index; 0 is null. */
  readonly texts: readonly (string | null)[];
  /** All values in sequence. */
  readonly origins: Float64Array<ArrayBuffer>;
  readonly sightings: Float64Array<ArrayBuffer>;
  readonly approvals: Float64Array<ArrayBuffer>;
}

export function packExtract({ counts, bad, sightings, approvals, tally }: Extract): PackedExtract {
  const texts = new Texts();
  const packed = {
    origins: new Packer(texts),
    sightings: new Packer(texts),
    approvals: new Packer(texts),
  };
  const places = new Map<Origin, number>();
  for (const [account, sighting] of sightings) {
    const { origin } = sighting;
    if (!places.has(origin)) {
      places.set(origin, places.size);
      packed.origins.origin(origin);
    }
    packed.sightings.account(account).sighting(sighting, places.get(origin) ?? 0);
  }
  for (const [account, approval] of approvals) {
    packed.approvals.account(account).approval(approval);
  }
  return {
    counts,
    bad,
    texts: texts.all,
    origins: packed.origins.take(),
    sightings: packed.sightings.take(),
    approvals: packed.approvals.take(),
    tally,
  };
}

export function unpackExtract({ counts, bad, tally, texts, ...packed }: PackedExtract): Extract {
  const origins = unpackAll(packed.origins, texts, (from) => from.origin());
  return {
    counts,
    bad,
    sightings: unpackAll(packed.sightings, texts, (from) => [
      from.account(),
      from.sighting(origins),
    ]),
    approvals: unpackAll(packed.approvals, texts, (from) => [from.account(), from.approval()]),
    tally,
  };
}

/** Gives each text a number. */
class Texts {
  readonly all: (string | null)[] = [null];
  readonly #places = new Map<string, number>();

  placeOf(text: string | null): number {
    if (text === null) {
      return 0;
    }
    const known = this.#places.get(text);
    if (known !== undefined) {
      return known;
    }
    this.#places.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

/** In the order in which they are read back. */
const approvalDetails = [
  "location",
  "application",
  "method",
  "session",
] as const satisfies readonly (keyof ApprovalDetails)[];

/** Writes values as numbers. `Unpacker` reads them in the same order. */
class Packer {
  readonly #texts: Texts;
  readonly #numbers: number[] = [];

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  take(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#numbers);
  }

  account({ tenantId, user, name }: RowAccount): this {
    return this.#text(tenantId).#text(user).#text(name);
  }

  #request({ request, requestAlias, requestBy }: RequestIds): this {
    return this.#text(request).#text(requestAlias).#number(requestSources.indexOf(requestBy));
  }

  sighting(sighting: Sighting, originPlace: number): void {
    const { source, outcome, at, askedAt, method, second, publishedAt } = sighting;
    this.#number(sightingSources.indexOf(source)).#number(promptOutcomes.indexOf(outcome));
    this.#number(at)
      .#number(askedAt ?? NaN)
      .#request(sighting)
      .#text(method);
    this.#number(second)
      .#number(sighting.lends ? 1 : 0)
      .#number(detailsKinds.indexOf(sighting.details))
      .#number(publishedAt ?? NaN)
      .#number(originPlace);
  }

  approval(approval: Approval): void {
    const { source, at, ipAddress, publishedAt } = approval;
    this.#number(sightingSources.indexOf(source)).#number(at).#request(approval);
    this.#text(ipAddress).#number(publishedAt ?? NaN);
    approvalDetails.forEach((name) => this.#text(approval.details?.[name] ?? null));
  }

  origin(origin: Origin): void {
    const { userId, userName, ipAddress, location, application, appId, userAgent, device, guest } =
      origin;
    this.#text(userId).#text(userName).#text(ipAddress).#text(location).#text(application);
    this.#text(appId)
      .#text(userAgent)
      .#text(device)
      .#number(guest ? 1 : 0);
  }

  #text(text: string | null): this {
    return this.#number(this.#texts.placeOf(text));
  }

  #number(value: number): this {
    this.#numbers.push(value);
    return this;
  }
}

class Unpacker {
  readonly #numbers: Float64Array;
  readonly #texts: readonly (string | null)[];
  #at = 0;

  constructor(numbers: Float64Array, texts: readonly (string | null)[]) {
    this.#numbers = numbers;
    this.#texts = texts;
  }

  get isDone(): boolean {
    return this.#at >= this.#numbers.length;
  }

  account(): RowAccount {
    return { tenantId: this.#text(), user: this.#text() ?? "", name: this.#text() };
  }

  #request(): RequestIds {
    return {
      request: this.#text() ?? "",
      requestAlias: this.#text(),
      requestBy: requestSources[this.#number()] ?? "id",
    };
  }

  sighting(origins: readonly Origin[]): Sighting {
    return {
      source: sightingSources[this.#number()] ?? "none",
      outcome: promptOutcomes[this.#number()] ?? "pending",
      at: this.#number(),
      askedAt: this.#time(),
      ...this.#request(),
      method: this.#text() ?? "",
      second: this.#number(),
      lends: this.#number() === 1,
      details: detailsKinds[this.#number()] ?? "none",
      publishedAt: this.#time(),
      origin: this.#one(origins),
    };
  }

  approval(): Approval {
    return {
      source: this.#number() === sightingSources.indexOf("status") ? "status" : "step",
      at: this.#number(),
      ...this.#request(),
      ipAddress: this.#text(),
      publishedAt: this.#time(),
      details: {
        location: this.#text(),
        application: this.#text(),
        method: this.#text(),
        session: this.#text(),
      },
    };
  }

  origin(): Origin {
    return {
      userId: this.#text(),
      userName: this.#text(),
      ipAddress: this.#text(),
      location: this.#text(),
      application: this.#text(),
      appId: this.#text(),
      userAgent: this.#text(),
      device: this.#text(),
      guest: this.#number() === 1,
    };
  }

  #number(): number {
    return this.#numbers[this.#at++] ?? NaN;
  }

  #time(): number | null {
    const value = this.#number();
    return Number.isNaN(value) ? null : value;
  }

  #text(): string | null {
    return this.#texts[this.#number()] ?? null;
  }

  #one(origins: readonly Origin[]): Origin {
    const origin = origins[this.#number()];
    if (origin === undefined) {
      throw new RangeError("no such origin was packed");
    }
    return origin;
  }
}

function unpackAll<T>(
  numbers: Float64Array,
  texts: readonly (string | null)[],
  unpack: (from: Unpacker) => T,
): readonly T[] {
  const all: T[] = [];
  for (const from = new Unpacker(numbers, texts); !from.isDone;) {
    all.push(unpack(from));
  }
  return all;
}
