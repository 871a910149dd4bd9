import type { Prompt } from "../prompts/prompt.ts";
import type {
  ContextQuestion,
  FamiliarTrait,
  OriginAddress,
  OriginDevice,
  Origins,
  OriginVerdict,
} from "./context.ts";
import type { History } from "./history.ts";
import { neighbourhoodOf } from "./network.ts";
import type { Habit, RefusedRequest } from "./rows.ts";

/** Details of a burst's requests that its sightings do not have. */
type Requests = ReadonlyMap<string, RefusedRequest>;

/** Where the denials and approvals came from, and whether the account is known there. */
export function originsOf(
  question: ContextQuestion,
  requests: Requests,
  history: History,
): Origins {
  const refused = requestsOf(question, requests);
  return {
    verdict: verdictOf(question, requests, history),
    historyDays: history.days,
    addresses: addressesOf(question, refused, history),
    devices: devicesOf(refused, history),
    traits: traitsOf(question, refused, history),
  };
}

/** Returns the requests of the denials, each once. */
export function requestsOf(
  { denials }: Pick<ContextQuestion, "denials">,
  requests: Requests,
): readonly RefusedRequest[] {
  const found = denials.flatMap(({ sightings }) =>
    sightings.flatMap(({ request }) => requests.get(request) ?? []),
  );
  return [...new Set(found)];
}

/** Combines the results for each denial and approval: `true`, `false` or null. */
function verdictOf(
  { denials, approvals }: ContextQuestion,
  requests: Requests,
  history: History,
): OriginVerdict {
  if (!history.isEnough) {
    return "unknown";
  }
  const isKnown = (address: string | null) =>
    address !== null && history.withAddress(address).known === true;
  const hasKnownDevice = ({ sightings }: Prompt) =>
    sightings.some(({ request }) => {
      const device = requests.get(request)?.device ?? null;
      return device !== null && history.withDevice(device).known === true;
    });
  const answers = [
    ...denials.map(
      (denial) =>
        hasKnownDevice(denial) || denial.sightings.every(({ origin }) => isKnown(origin.ipAddress)),
    ),
    ...approvals.map(({ ipAddress }) => isKnown(ipAddress)),
  ];
  if (answers.every(Boolean)) {
    return "usual";
  }
  return answers.some(Boolean) ? "mixed" : "new";
}

/** Returns every address of the denials and the approvals, sorted. */
export function addressesIn({ denials, approvals }: ContextQuestion): readonly string[] {
  return distinct([
    ...denials.flatMap(({ sightings }) => sightings.map(({ origin }) => origin.ipAddress)),
    ...approvals.map(({ ipAddress }) => ipAddress),
  ]);
}

function addressesOf(
  question: ContextQuestion,
  refused: readonly RefusedRequest[],
  history: History,
): readonly OriginAddress[] {
  const places = new Map(
    question.denials.flatMap(({ sightings }) =>
      sightings.map(({ origin }) => [origin.ipAddress, origin.location] as const),
    ),
  );
  return addressesIn(question).map((address) => ({
    address,
    ...history.withAddress(address),
    location: places.get(address) ?? null,
    asNumber: refused.find((row) => row.address === address)?.asNumber ?? null,
  }));
}

function devicesOf(refused: readonly RefusedRequest[], history: History): readonly OriginDevice[] {
  const names = new Map(refused.map(({ device, deviceName }) => [device, deviceName]));
  return distinct([...names.keys()]).map((id) => ({
    id,
    name: names.get(id) ?? null,
    ...history.withDevice(id),
  }));
}

function traitsOf(
  question: ContextQuestion,
  refused: readonly RefusedRequest[],
  history: History,
): readonly FamiliarTrait[] {
  const neighbourhoods = addressesIn(question).map(neighbourhoodOf);
  const habit = (kind: FamiliarTrait["kind"], of: (row: RefusedRequest | Habit) => string | null) =>
    distinct(refused.map(of)).map((value) => ({
      kind,
      value,
      known: history.hasHabit((row) => of(row) === value),
    }));
  return [
    ...distinct(neighbourhoods).map((value) => ({
      kind: "neighbourhood" as const,
      value,
      known: history.hasSeen(
        ({ address }) => address !== null && neighbourhoodOf(address) === value,
      ),
    })),
    ...habit("as-number", ({ asNumber }) => asNumber),
    ...habit("country", ({ country }) => country),
    ...habit("browser", ({ browser }) => browser),
    ...habit("application", ({ application }) => application),
  ];
}

/** Sorted, without duplicates. */
export function distinct(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null))].toSorted();
}
