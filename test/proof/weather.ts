/**
 * What can go wrong between the app and its services, as spells in simulated time. What happens to a request follows
 * from the number of the story and from the request itself, not from the order in which requests arrive.
 */
import { randomOf, type Random } from "../../src/tenant/random.ts";
import { hour, minute } from "../run/bench.ts";
import {
  services,
  type Answer,
  type Handler,
  type PassingRequest,
  type Service,
} from "./gateway.ts";

/** One way in which a request ends badly; null: the connection is cut without an answer. */
type Ill = (
  request: PassingRequest,
  forward: () => Promise<Answer>,
  lot: Lot,
) => Promise<Answer | null>;

/** What an ill is drawn with. */
interface Lot extends Random {
  /** The machine's own time, by which it reads a date. */
  readonly machineNow: number;
}

const json = { "content-type": "application/json; charset=utf-8" };

function answer(status: number, body: string, headers: Answer["headers"] = json): Answer {
  return { status, headers, body: Buffer.from(body) };
}

/** In the words of any of the services: they read the status, and a code where they find one. */
function refusal(status: number, retryAfter?: string): Answer {
  const code =
    { 401: "ExpiredAuthenticationToken", 429: "TooManyRequests" }[status] ?? "ServerBusy";
  const body = JSON.stringify({ error: { code, message: "Not now." }, "odata.error": { code } });
  return answer(status, body, {
    ...json,
    ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
  });
}

/** Services fail before they have acted, and after. */
async function orAfterActing(
  forward: () => Promise<Answer>,
  lot: Lot,
  given: Answer | null,
): Promise<Answer | null> {
  if (lot.chance(4_000)) {
    await forward();
  }
  return given;
}

const page = "<!doctype html><title>Proxy</title><p>Please sign in.</p>";
const wrongContents = [
  answer(200, page, { "content-type": "text/html" }),
  answer(404, page, { "content-type": "text/html" }),
  answer(404, ""),
  answer(200, ""),
  answer(200, "{}"),
  answer(200, "null"),
  answer(200, "[]"),
  answer(200, '{"status":"ok","value":"none","tables":{"rows":[]},"properties":[]}'),
  answer(200, '{"value":[{"name":7},null],"properties":{},"etag":5,"tables":[{}]}'),
  answer(200, '{"tables":[{"name":"PrimaryResult","columns":[],"rows":[]}]}'),
  answer(200, "\u0000\u0001PK\u0003\u0004 garbage", { "content-type": "application/octet-stream" }),
  answer(202, "--batchresponse_1\r\nContent-Type: multipart/mixed\r\n\r\n--batchresponse_1--\r\n", {
    "content-type": "multipart/mixed; boundary=batchresponse_1",
  }),
] as const satisfies readonly Answer[];

/** Half of the rows and an error beside them, as the log service answers a query that is too large. */
async function partial(forward: () => Promise<Answer>): Promise<Answer> {
  const whole = await forward();
  const { tables } = JSON.parse(whole.body.toString("utf8")) as {
    readonly tables?: readonly { readonly rows: readonly unknown[] }[];
  };
  if (tables === undefined) {
    return whole;
  }
  const halves = tables.map((table) => ({
    ...table,
    // The service's own time is on the last row, and is there all the same.
    rows: table.rows.slice(Math.ceil(table.rows.length / 2)),
  }));
  const error = { code: "PartialError", message: "There were some errors." };
  return { ...whole, ...answer(200, JSON.stringify({ tables: halves, error })) };
}

const ills = {
  throttled: (_, forward, lot) => orAfterActing(forward, lot, refusal(429)),
  "asked to wait": async (_request, _forward, lot) => {
    const soon = new Date(lot.machineNow + 900).toUTCString();
    return refusal(lot.pick([429, 503]), lot.pick(["0", "0", "0", soon]));
  },
  "asked to wait for long": async (_request, _forward, lot) => {
    const tomorrow = new Date(lot.machineNow + 24 * hour).toUTCString();
    return refusal(lot.pick([429, 503]), lot.pick(["3600", "999999999", tomorrow]));
  },
  failing: (_, forward, lot) => orAfterActing(forward, lot, refusal(lot.pick([500, 503, 504]))),
  partial: (_, forward) => partial(forward),
  silent: async (request, forward, lot) => {
    if (lot.chance(4_000)) {
      await forward();
    }
    await request.answered;
    return null;
  },
  cut: (_, forward, lot) => orAfterActing(forward, lot, null),
  "cut in the body": async (_, forward, lot) => {
    const given = await forward();
    return given.body.length === 0 ? null : { ...given, cutAfter: lot.below(given.body.length) };
  },
  "wrong content": (_, forward, lot) => orAfterActing(forward, lot, lot.pick(wrongContents)),
  expired: async () => refusal(401),
} as const satisfies Record<string, Ill>;

type IllName = keyof typeof ills;

interface Spell {
  readonly services: readonly Service[];
  readonly from: number;
  readonly to: number;
  readonly ills: readonly [IllName, ...IllName[]];
  /** How many of 10,000 requests it strikes. */
  readonly share: number;
}

/** Every request. */
const all = 10_000;

/** The machine's clock is this much ahead of the truth, or behind it. */
interface Jump {
  readonly at: number;
  readonly skewMs: number;
}

export interface Weather {
  readonly spells: readonly Spell[];
  readonly jumps: readonly Jump[];
  /** By then all is well again. */
  readonly endsAt: number;
  /** How often the app runs. */
  readonly everyMs: number;
}

/** The service that is not there at all, all of that time. */
export function awayIn({ spells }: Weather, from: number, to: number): Service | null {
  const spell = spells.find((each) => each.share === all && each.from <= from && each.to >= to);
  return spell?.services[0] ?? null;
}

export function skewAt({ jumps }: Weather, now: number): number {
  return jumps.findLast(({ at }) => at <= now)?.skewMs ?? 0;
}

/** How often the app runs by default. */
const usual = 15 * minute;

/** What a story of a kind is disturbed by, given when it begins. */
type Draw = (random: Random, startAt: number) => Weather;

const upstream = ["table", "logs", "sentinel", "ingestion"] as const;

/** One to three spells in which some of the requests fare ill. */
function flaky(
  struck: readonly [IllName, ...IllName[]],
  those: readonly [Service, ...Service[]] = upstream,
  shares: readonly [least: number, most: number] = [1_500, 9_000],
): Draw {
  return (random, startAt) => {
    const spells = Array.from({ length: random.between(1, 3) }, (): Spell => {
      const from = startAt + random.between(-10, 200) * minute;
      return {
        services: random.chance(4_000) ? those : [random.pick(those)],
        from,
        to: from + random.between(20, 120) * minute,
        ills: struck,
        share: random.between(...shares),
      };
    });
    return { spells, jumps: [], endsAt: endOf(spells, startAt), everyMs: usual };
  };
}

/** A service is not there at all. */
function away(service: Service, lengthMs: number, everyMs: number): Draw {
  return (random, startAt) => {
    const from = startAt + random.between(0, 120) * minute;
    const how = ["throttled", "asked to wait for long", "failing", "cut"] as const;
    const spell: Spell = {
      services: [service],
      from,
      to: from + lengthMs,
      ills: [random.pick(how)],
      share: all,
    };
    return { spells: [spell], jumps: [], endsAt: spell.to, everyMs };
  };
}

/** The clock of the machine jumps, by minutes and hours, ahead and back, and is right in the end. */
const jumping: Draw = (random, startAt) => {
  const endsAt = startAt + random.between(120, 300) * minute;
  const skews = [3 * minute, 20 * minute, 2 * hour, 8 * hour] as const;
  const jumps = Array.from({ length: random.between(1, 4) }, () => ({
    at: startAt + random.between(-10, 110) * minute,
    skewMs: random.pick(skews) * random.pick([1, -1]),
  })).toSorted((a, b) => a.at - b.at);
  return { spells: [], jumps: [...jumps, { at: endsAt, skewMs: 0 }], endsAt, everyMs: usual };
};

/** All of it at once. */
const everything: Draw = (random, startAt) => {
  const names = Object.keys(ills) as [IllName, ...IllName[]];
  const first = flaky(names, upstream, [300, 3_000])(random, startAt);
  const second = away(random.pick(upstream), random.between(20, 180) * minute, 0)(random, startAt);
  const third = jumping(random, startAt);
  const endsAt = Math.max(first.endsAt, second.endsAt, third.endsAt);
  return { ...third, spells: [...second.spells, ...first.spells], endsAt };
};

function endOf(spells: readonly Spell[], startAt: number): number {
  return Math.max(startAt, ...spells.map(({ to }) => to));
}

/** For comparison. */
const calm: Draw = (_, startAt) => ({ spells: [], jumps: [], endsAt: startAt, everyMs: usual });

export const kinds = {
  "nothing at all": calm,
  "429 without Retry-After": flaky(["throttled"]),
  "429 and 503 with Retry-After": flaky(["asked to wait"]),
  "Retry-After of hours and days": flaky(["asked to wait for long"]),
  "500, 503 and 504": flaky(["failing"]),
  "tables that turn some requests away": flaky(
    ["asked to wait for long"],
    ["table"],
    [1_500, 3_500],
  ),
  "partial answers of the log": flaky(["partial"], ["logs"], [1_500, 4_500]),
  "no answer": flaky(["silent"], upstream, [300, 1_500]),
  "connections cut": flaky(["cut"]),
  "bodies cut": flaky(["cut in the body"]),
  "wrong content": flaky(["wrong content"]),
  "expired tokens": flaky(["expired"], ["logs", "sentinel", "ingestion"], [300, 3_000]),
  "clock jumps": jumping,
  "tables away for an hour": away("table", hour, 5 * minute),
  "Sentinel away for a day": away("sentinel", 24 * hour, 30 * minute),
  "ingestion away for a day": away("ingestion", 24 * hour, 30 * minute),
  "log away for hours": away("logs", 9 * hour, 15 * minute),
  "all at once": everything,
} as const satisfies Record<string, Draw>;

export type Kind = keyof typeof kinds;

/** The same kind and number draw the same, in any order. */
export function lotOf(kind: Kind, number: number): Random {
  return randomOf(number, Object.keys(kinds).indexOf(kind));
}

/** What the weather does to time, and who wants to know of each request. */
export interface Under {
  readonly number: number;
  readonly weather: Weather;
  readonly now: () => number;
  readonly machineNow: () => number;
  /** Lets simulated time pass. */
  readonly pass: (ms: number) => void;
  /** A request has ended; `well` is what the service answered where nothing was done to it. */
  readonly ended: (request: PassingRequest, well: Answer | null) => void;
}

/** Every request takes this long. */
const trip = 20;

/** The waits of the app's own settings, which here pass in simulated time only. */
const waits = { firstMs: 800, timeoutMs: { logs: 200_000, others: 30_000 } } as const;

export function handlerOf(under: Under): Handler {
  const seen = new Map<string, number>();
  const attempts = new Map<string, number>();
  return async (request, forward) => {
    under.pass(trip);
    const key = keyOf(request);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    const lot = { ...randomOf(under.number, hashOf(key), times), machineNow: under.machineNow() };
    const ill = illFor(under, request, lot);
    if (ill === null) {
      const given = await forward();
      under.ended(request, given);
      return given;
    }
    const id = attemptKeyOf(request);
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    under.pass(waitAfter(ill, request, attempt));
    const given = await ills[ill](request, forward, lot);
    under.ended(request, null);
    return given;
  };
}

function illFor({ weather, now }: Under, { service }: PassingRequest, lot: Lot): IllName | null {
  const spell = weather.spells.find(
    ({ services: those, from, to }) => those.includes(service) && now() >= from && now() < to,
  );
  return spell !== undefined && lot.chance(spell.share) ? lot.pick(spell.ills) : null;
}

function waitAfter(ill: IllName, { service }: PassingRequest, attempt: number): number {
  const { firstMs, timeoutMs } = waits;
  const silence = service === "logs" ? timeoutMs.logs : timeoutMs.others;
  return (ill === "silent" ? silence : 0) + firstMs * 2 ** (attempt - 1);
}

/** The same for every attempt of one request. */
export function attemptKeyOf({ headers, number }: PassingRequest): string {
  return String(headers["x-ms-client-request-id"] ?? number);
}

/** The subject of a request, without the parts that differ each time. */
function keyOf({ service, method, path, body }: PassingRequest): string {
  const text = body.toString("utf8");
  const rows = path.endsWith("$batch") ? text.match(/RowKey[^,)]*/g) : null;
  const query = service === "logs" ? text : "";
  return [services.indexOf(service), method, path, query, ...(rows ?? [])].join(" ");
}

function hashOf(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 1_000_000_007, 7);
}
