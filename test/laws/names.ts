/** Rows of two people under any mix of their names, for law 8. */
import fc from "fast-check";

import { alice, approved, bob, denialRow, row, tenantId, time, type Person } from "../builders.ts";
import { minute, rule } from "../detection/builders.ts";
import type { Row } from "./oracle.ts";

export const nameRules = [rule(), rule({}, "mfa-deny-then-approve")] as const;

const nobody = "00000000-0000-0000-0000-000000000000";

/** How a row calls its person. */
const namings: Readonly<Record<string, (person: Person) => Row>> = {
  both: () => ({}),
  "mixed case": ({ name, id }) => ({
    UserPrincipalName: ` ${name.replace("contoso", "Contoso").toUpperCase()} `,
    UserId: id.toUpperCase(),
  }),
  "no id": () => ({ UserId: undefined }),
  "id of zeros": () => ({ UserId: nobody }),
  "new name, no id": ({ name }) => ({ UserPrincipalName: `new.${name}`, UserId: undefined }),
  "new name": ({ name }) => ({ UserPrincipalName: `new.${name}` }),
  guest: ({ name }) => ({
    UserPrincipalName: `${name.replace("@", "_")}#EXT#@fabrikam.onmicrosoft.com`,
    UserType: "Guest",
  }),
  "no name": () => ({ UserPrincipalName: "" }),
  "id as name": ({ id }) => ({ UserPrincipalName: id }),
  "id as name alone": ({ id }) => ({ UserPrincipalName: id, UserId: undefined }),
  masked: () => ({ UserPrincipalName: "{PII Removed}@fabrikam.com" }),
};

/** Who is nobody's: joined to no account, whatever it is called. */
const strangers: readonly Row[] = [
  { UserPrincipalName: "{PII Removed}@fabrikam.com", UserId: nobody },
  { UserPrincipalName: "{PII Removed}@fabrikam.com", UserId: undefined },
  { UserPrincipalName: "  ", UserId: undefined, UserDisplayName: "Alice" },
  { UserPrincipalName: undefined, UserId: nobody, UserDisplayName: "Alice" },
];

interface Event {
  readonly minutes: number;
  readonly isAlice: boolean;
  readonly naming: string;
  readonly hasTenant: boolean;
  readonly isApproval: boolean;
}

const event: fc.Arbitrary<Event> = fc.record({
  minutes: fc.nat(90),
  isAlice: fc.constantFrom(true, true, false),
  naming: fc.constantFrom(...Object.keys(namings)),
  hasTenant: fc.constantFrom(true, true, false),
  isApproval: fc.constantFrom(false, false, false, false, false, true),
});

/** The rows that say which names belong to whom. */
const telling: readonly Event[] = [true, false].flatMap((isAlice) =>
  ["both", "new name"].map((naming, at) => ({
    minutes: (isAlice ? 0 : 3) + at,
    isAlice,
    naming,
    hasTenant: true,
    isApproval: false,
  })),
);

export interface NamesStory {
  /** In one run, every row with the name and the id of its person. */
  readonly plain: readonly Row[];
  /** The same rows under any names, in any order, in runs. */
  readonly runs: readonly (readonly Row[])[];
}

export const namesStory: fc.Arbitrary<NamesStory> = fc
  .uniqueArray(event, {
    minLength: 3,
    maxLength: 24,
    size: "max",
    // Of two prompts of the same person in the same minute, one is enough.
    selector: ({ minutes, isAlice }) => `${minutes} ${isAlice}`,
  })
  .map((events) => [...telling, ...events.filter(({ minutes }) => minutes > 4)])
  .chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc.shuffledSubarray(events, { minLength: events.length }),
      noise: fc.array(fc.tuple(fc.constantFrom(...strangers), fc.nat(90)), { maxLength: 6 }),
      cuts: fc.array(fc.nat(events.length), { maxLength: 4 }),
    }),
  )
  .map(({ events, order, noise, cuts }) => {
    const rows = [
      ...noise.map(([fields, minutes]) => denialRow(time("09:00") + minutes * minute, { fields })),
      ...order.map((each) => rowOf(each, namings[each.naming] ?? (() => ({})), each.hasTenant)),
    ];
    const ends = [...new Set([...cuts, rows.length])].toSorted((a, b) => a - b);
    return {
      plain: events.map((each) => rowOf(each, () => ({}), true)),
      runs: ends.map((end, index) => rows.slice(ends[index - 1] ?? 0, end)),
    };
  });

function rowOf(
  { minutes, isAlice, isApproval }: Event,
  naming: (person: Person) => Row,
  hasTenant: boolean,
): Row {
  const user = isAlice ? alice : bob;
  // By these milliseconds a prompt can be told from the other person's.
  const at = time("09:00") + minutes * minute + (isAlice ? 100 : 200);
  const fields = { ...naming(user), AADTenantId: hasTenant ? tenantId : undefined };
  return isApproval
    ? row({ at, user, resultType: "0", steps: [approved(at)], fields })
    : denialRow(at, { user, fields });
}
