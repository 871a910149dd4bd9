import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { StateChange, StateStore } from "../../src/run/ports.ts";
import { alice, bob as stranger, tenantId } from "../builders.ts";
import { law } from "../laws/runs.ts";
import {
  burst,
  day,
  due,
  dueIds,
  minute,
  progress,
  record,
  recorded,
  start,
  subjectOf,
  wholeDue,
  written,
} from "./state.ts";

/** One state; every call opens it again, as another run does. */
export interface Keeper {
  open(): StateStore;
}

const subject = subjectOf(alice.name);

/** Names that are possible in a log and not in a key, each beside one that is nearly the same. */
const hostileNames = [
  "a/b@contoso.com",
  String.raw`a\b@contoso.com`,
  "a#b@contoso.com",
  "a?b@contoso.com",
  "a|b@contoso.com",
  "a b@contoso.com",
  "a\u0000b\u0007\n\r\t\u007f\u0085@contoso.com",
  `a'b"c@contoso.com`,
  "a'' or '1' eq '1@contoso.com",
  "%2e%2e/..@contoso.com",
  "😀🔐@contoso.com",
  "\ud83d@contoso.com",
  "é@contoso.com",
  "e\u0301@contoso.com",
  "x".repeat(1_000),
  `${"x".repeat(999)}y`,
  "😀".repeat(500),
  "__proto__",
  " ",
  "",
];

/** What every StateStore keeps to. `keep` makes a new, empty state. */
export function stateStoreContract(name: string, keep: () => Promise<Keeper>): void {
  describe(name, () => {
    let keeper: Keeper;
    let store: StateStore;
    let other: StateStore;
    beforeEach(async () => {
      keeper = await keep();
      store = keeper.open();
      other = keeper.open();
    });

    test("nothing is recorded at first", async () => {
      expect(await store.open()).toEqual({ progress: null, due: [] });
      expect(await store.readProgress()).toBeNull();
      const { aliasRows: _, ...head } = await store.readHead(subject, -Infinity);
      expect(head).toEqual({ subject, bursts: [], deliveries: {}, version: null });
      expect(await store.prune(start)).toBe(0);
    });

    test("what is written is read again, with deliveries and claims", async () => {
      const deliveries = {
        [burst(1).id]: { sent: { sentinel: 2, other: 1 }, claim: { owner: "run-1", until: start } },
        [burst(2).id]: { sent: {}, claim: null },
      };
      const bursts = [burst(1), burst(2, { mergedInto: burst(1).id, kind: "tumbling" })];
      const head = await store.readHead(subject, -Infinity);
      const stored = await written(store, { ...head, bursts, deliveries });
      for (const each of [stored, await other.readHead(subject, -Infinity)]) {
        expect(each).toMatchObject({ subject, bursts, deliveries, version: stored.version });
      }
    });

    test.each([["rule"], ["workspaceId"], ["tenantId"], ["user"]] as const)(
      "subjects are apart by %s, and null is no text",
      async (part) => {
        await record(store, { ...subject, [part]: "null" }, burst(1));
        expect(await recorded(other, subject)).toEqual([]);
        expect(await recorded(other, { ...subject, [part]: null })).toEqual([]);
      },
    );

    test("a head follows from what the write before gave back", async () => {
      const first = await record(store, subject, burst(1));
      const second = await written(store, { ...first, bursts: [burst(1), burst(2)] });
      const third = await written(store, { ...second, bursts: [burst(1), burst(2), burst(3)] });
      expect(await other.write({ head: second })).toBe("conflict");
      expect(await other.write({ head: third })).not.toBe("conflict");
    });

    test("a writer whose record was changed in between gets a conflict, and nothing is stored", async () => {
      const before = await store.readHead(subject, -Infinity);
      await record(other, subject, burst(1));
      await other.write({ put: [due(subject, burst(1))] });
      for (const stale of [before, { ...before, bursts: [burst(2)] }]) {
        const change = {
          head: stale,
          put: [due(subject, burst(2))],
          drop: [due(subject, burst(1))],
        };
        expect(await store.write(change)).toBe("conflict");
      }
      expect(await recorded(store, subject)).toEqual([burst(1)]);
      expect(await dueIds(store)).toEqual([burst(1).id]);
    });

    test("the same happens for a record that both have changed", async () => {
      const head = await record(store, subject, burst(1));
      await written(other, { ...head, bursts: [burst(1, { revision: 2 })] });
      expect(await store.write({ head, put: [due(subject, burst(1))] })).toBe("conflict");
      expect(await recorded(store, subject)).toEqual([burst(1, { revision: 2 })]);
      expect(await dueIds(store)).toEqual([]);
    });

    test("a head and what is due for it are stored together", async () => {
      const head = await record(store, subject, burst(1));
      const item = wholeDue(subject, burst(1));
      const next = await written(store, head, { put: [item] });
      expect((await other.open()).due).toEqual([item]);
      await written(store, { ...next, bursts: [burst(1), burst(2)] }, { drop: [item] });
      expect(await dueIds(other)).toEqual([]);
      expect(await recorded(other, subject)).toEqual([burst(1), burst(2)]);
    });

    test("dropping an item that is already gone does not fail", async () => {
      const [gone, there, fresh] = [1, 2, 3].map((n) => due(subject, burst(n)));
      await store.write({ put: [there!] });
      const head = await store.readHead(subject, -Infinity);
      await written(
        store,
        { ...head, bursts: [burst(1)] },
        { drop: [gone!, there!], put: [fresh!] },
      );
      expect(await dueIds(other)).toEqual([burst(3).id]);
      expect(await recorded(other, subject)).toEqual([burst(1)]);
      expect(await store.write({ drop: [gone!, fresh!] })).toBeNull();
      expect(await dueIds(other)).toEqual([]);
    });

    test("a stale change that drops a missing item still gets a conflict", async () => {
      const stale = await store.readHead(subject, -Infinity);
      await record(other, subject, burst(1));
      await other.write({ put: [due(subject, burst(2))] });
      const drop = [due(subject, burst(1)), due(subject, burst(2))];
      expect(await store.write({ head: stale, drop })).toBe("conflict");
      expect(await dueIds(other)).toEqual([burst(2).id]);
    });

    test("what is due comes oldest first, one for each burst of each subject", async () => {
      const bob = subjectOf("bob@contoso.com");
      const late = due(subject, burst(1), { dueAt: start + 3 });
      await store.write({ put: [late, due(bob, burst(1), { dueAt: start + 2 })] });
      await store.write({ put: [due(subject, burst(2), { dueAt: start + 1 })] });
      await other.write({ put: [{ ...late, dueAt: start, attempts: 1 }] });
      const found = (await store.open()).due.map(({ subject: { user }, burstId, dueAt }) => [
        user,
        burstId,
        dueAt - start,
      ]);
      expect(found).toEqual([
        [subject.user, burst(1).id, 0],
        [subject.user, burst(2).id, 1],
        [bob.user, burst(1).id, 2],
      ]);
    });

    test("an item that is dropped and put in one change is there", async () => {
      const item = due(subject, burst(1));
      await store.write({ put: [item] });
      await record(store, subject, burst(1));
      const head = await store.readHead(subject, -Infinity);
      await written(store, head, { drop: [item], put: [{ ...item, attempts: 1 }] });
      expect((await other.open()).due).toEqual([{ ...item, attempts: 1 }]);
    });

    test("the watermark never goes back, whoever writes and however old what they read is", async () => {
      await store.open();
      await other.open();
      await store.saveProgress(progress(20));
      await other.saveProgress(progress(10));
      expect(await store.readProgress()).toEqual(progress(20));
      await store.saveProgress(progress(30));
      await store.saveProgress(progress(25));
      await other.saveProgress(progress(28));
      await keeper.open().saveProgress(progress(5));
      expect((await other.open()).progress).toEqual(progress(30));
    });

    test("the facts about the last run are those of the one that began last", async () => {
      const newest = progress(20, { lastRunAt: start + 10, lastError: "newest", pending: 3 });
      await store.open();
      await store.saveProgress(newest);
      const slow = progress(30, { lastRunAt: start + 5, lastError: "slow", lastSuccessAt: null });
      await other.saveProgress(slow);
      expect(await store.readProgress()).toEqual({ ...newest, publishedTo: 30 });
      const same = progress(40, { ...newest, publishedTo: 40, lastError: null, pending: 1 });
      await other.saveProgress(same);
      expect(await store.readProgress()).toEqual(same);
    });

    test("the last success never goes back", async () => {
      await store.saveProgress(progress(1, { lastSuccessAt: null }));
      expect(await store.readProgress()).toMatchObject({ lastSuccessAt: null });
      await store.saveProgress(progress(1, { lastSuccessAt: start + 5 }));
      const failed = { lastRunAt: start + 9, lastSuccessAt: start + 1, lastError: "failed" };
      await other.saveProgress(progress(1, failed));
      const expected = { ...failed, lastSuccessAt: start + 5 };
      expect(await store.readProgress()).toMatchObject(expected);
    });

    test("pruning forgets bursts that ended before, none that ended then, and says how many", async () => {
      const [first, second, third] = [burst(1), burst(2), burst(3)];
      const deliveries = { [first.id]: { sent: { sentinel: 1 }, claim: null } };
      const head = await store.readHead(subject, -Infinity);
      await written(store, { ...head, bursts: [first, second, third], deliveries });
      await record(store, subjectOf("bob@contoso.com"), burst(1));
      expect(await store.prune(first.extent.to)).toBe(0);
      expect(await store.prune(second.extent.to)).toBe(2);
      expect(await recorded(other, subject)).toEqual([second, third]);
      expect((await other.readHead(subject, -Infinity)).deliveries).toEqual({});
      expect(await recorded(other, subjectOf("bob@contoso.com"))).toEqual([]);
      expect(await other.prune(third.extent.to + 1)).toBe(2);
      expect((await store.readHead(subject, -Infinity)).version).toBeNull();
    });

    test("pruning counts as a write for those who read before", async () => {
      const head = await record(store, subject, burst(1), burst(2));
      const goneHead = await record(store, subjectOf("bob@contoso.com"), burst(1));
      await other.prune(burst(2).extent.to);
      expect(await store.write({ head })).toBe("conflict");
      expect(await store.write({ head: goneHead })).toBe("conflict");
      expect(await recorded(store, subject)).toEqual([burst(2)]);
    });

    test("pruning leaves the watermark and what is due alone", async () => {
      await store.saveProgress(progress(10));
      await record(store, subject, burst(1));
      await store.write({ put: [due(subject, burst(1))] });
      expect(await other.prune(burst(2).extent.to)).toBe(1);
      expect(await store.open()).toEqual({
        progress: progress(10),
        due: [due(subject, burst(1))],
      });
    });

    test("a name is only a name, whatever characters it has", async () => {
      for (const [index, user] of hostileNames.entries()) {
        await record(store, subjectOf(user), burst(index));
        await store.write({ put: [due(subjectOf(user), burst(index), { dueAt: index })] });
      }
      for (const [index, user] of hostileNames.entries()) {
        const head = await other.readHead(subjectOf(user), -Infinity);
        expect([head.subject.user, head.bursts]).toEqual([user, [burst(index)]]);
      }
      const { due: items } = await other.open();
      expect(items.map(({ subject: { user } }) => user)).toEqual(hostileNames);
      await store.write({ drop: items });
      expect(await dueIds(other)).toEqual([]);
      expect(await store.prune(burst(hostileNames.length).extent.to)).toBe(hostileNames.length);
    });

    test("what one family recorded under a name is the owner's, whichever family found out who that is", async () => {
      const family = { rule: "azure-ad-multiple-denied-mfa" };
      const named = subjectOf(alice.name, family);
      const item = due(named, burst(1));
      const head = await store.readHead(named, -Infinity);
      await written(store, { ...head, bursts: [burst(1)] }, { put: [item] });
      const aliases = [{ tenantId, user: alice.name }];
      await record(store, subjectOf(alice.id, { aliases }), burst(2));
      const found = await other.readHead(named, -Infinity);
      expect([found.subject.user, found.bursts]).toEqual([alice.id, [burst(1)]]);
      await written(other, found, { put: [{ ...item, attempts: 1 }] });
      expect(await recorded(store, subjectOf(alice.id, family))).toEqual([burst(1)]);
      const items = (await store.open()).due.map((each) => [each.subject.user, each.attempts]);
      expect(items).toEqual([[alice.id, 1]]);
    });

    describe("an index", () => {
      const identified = subjectOf(alice.id, { aliases: [{ tenantId, user: alice.name }] });
      const carol = subjectOf("carol@contoso.com");

      test("has an empty record of whom nothing is recorded, as it is read", async () => {
        await record(store, subject, burst(1));
        const index = await other.readIndex(1);
        for (const each of [carol, subjectOf(stranger.id), { ...subject, workspaceId: null }]) {
          expect(index?.emptyHead({ ...each, tenantId: null })).toEqual(
            await other.readHead({ ...each, tenantId: null }, -Infinity),
          );
        }
        expect(index?.mayHaveOwner(carol)).toBe(false);
      });

      test("has none of whom something is recorded, under any name", async () => {
        await record(store, subject, burst(1));
        const before = await other.readIndex(1);
        expect(before?.emptyHead(subject)).toBeNull();
        expect(before?.emptyHead(identified)).toBeNull();
        expect(before?.emptyHead(subjectOf(alice.id))).not.toBeNull();
        await record(store, identified, burst(2));
        const after = await other.readIndex(1);
        expect(after?.emptyHead(subjectOf(alice.id))).toBeNull();
        expect(after?.emptyHead(subject)).toBeNull();
        expect(after?.mayHaveOwner(subject)).toBe(true);
      });

      test("that is old makes the write of its empty record a conflict", async () => {
        const index = await other.readIndex(1);
        await record(store, subject, burst(1));
        const head = index?.emptyHead(subject);
        expect(await other.write({ head: { ...head!, bursts: [burst(2)] } })).toBe("conflict");
        expect(await recorded(store, subject)).toEqual([burst(1)]);
      });

      test("leads to the same record as reading does, with its names", async () => {
        const head = (await store.readIndex(1))?.emptyHead(identified);
        await written(store, { ...head!, bursts: [burst(1)] });
        expect(await recorded(other, subject)).toEqual([burst(1)]);
        const owners = await other.readOwners([{ tenantId, user: alice.name }]);
        expect([...owners.values()]).toEqual([{ tenantId, user: alice.id }]);
      });
    });

    test("the second look never goes back, and runs leave it alone", async () => {
      await store.saveLookedAgain(start);
      expect(await other.readProgress()).toBeNull();
      await store.saveProgress(progress(1));
      await other.readProgress();
      await other.saveLookedAgain(start);
      await other.saveLookedAgain(start - 1);
      await store.saveProgress(progress(2, { lastRunAt: start + 1 }));
      expect(await other.readProgress()).toEqual(
        progress(2, { lastRunAt: start + 1, lookedAgainTo: start }),
      );
    });

    test("a subject may have a thousand bursts", async () => {
      const all = Array.from({ length: 1_000 }, (_, n) => burst(n));
      await record(store, subject, ...all.slice(0, 400));
      for (let n = 400; n < 1_000; n += 25) {
        const head = await store.readHead(subject, all[n]!.extent.from - day);
        const fresh = all.slice(n, n + 25);
        await written(store, { ...head, bursts: [...head.bursts, ...fresh] });
      }
      expect(await recorded(other, subject)).toEqual(all);
      const recent = all.slice(-10);
      const shown = await recorded(other, subject, recent[0]!.extent.from);
      expect(shown.slice(-10)).toEqual(recent);
      expect(await store.prune(all[990]!.extent.to)).toBe(990);
      expect(await recorded(other, subject)).toEqual(recent);
    });

    test("an old burst that changes again and again stays as it was changed last", async () => {
      const all = Array.from({ length: 200 }, (_, n) => burst(n));
      await record(store, subject, ...all);
      for (let revision = 2; revision < 8; revision++) {
        const changed = burst(3, { revision, mergedInto: revision > 5 ? burst(2).id : null });
        const head = await record(store, subject, changed);
        const sent = { sent: { sentinel: revision }, claim: null };
        await written(store, { ...head, deliveries: { ...head.deliveries, [changed.id]: sent } });
        // What came after it pushes it aside again.
        await record(store, subject, ...all.slice(-60).map((each) => ({ ...each, revision })));
        const read = await other.readHead(subject, -Infinity);
        expect(read.bursts.find(({ id }) => id === changed.id)).toEqual(changed);
        expect(read.deliveries[changed.id]).toEqual(sent);
        expect(read.bursts).toHaveLength(200);
      }
    });

    test("hundreds of things can be due", async () => {
      const items = Array.from({ length: 250 }, (_, n) =>
        due(subjectOf(`user${n}@contoso.com`), burst(n), { dueAt: start + n }),
      );
      await store.write({ put: items.toReversed() });
      expect((await other.open()).due).toEqual(items);
      await store.write({ drop: items.slice(100) });
      expect((await other.open()).due).toEqual(items.slice(0, 100));
    });

    test("a change of one subject can make hundreds of things due", async () => {
      const bursts = Array.from({ length: 150 }, (_, n) => burst(n));
      const put = bursts.map((each, n) => due(subject, each, { dueAt: start + n }));
      const head = await store.readHead(subject, -Infinity);
      await written(store, { ...head, bursts }, { put });
      expect((await other.open()).due).toEqual(put);
      expect(await recorded(other, subject)).toEqual(bursts);
    });

    test("of two concurrent writes, neither is lost", async () => {
      const add = async (run: StateStore, n: number) => {
        for (;;) {
          const head = await run.readHead(subject, -Infinity);
          const change = {
            head: { ...head, bursts: [...head.bursts, burst(n)] },
            put: [due(subject, burst(n), { dueAt: n })],
          };
          if ((await run.write(change)) !== "conflict") {
            return;
          }
        }
      };
      const evens = Array.from({ length: 25 }, (_, n) => 2 * n);
      const inOrder = async (run: StateStore, numbers: readonly number[]) => {
        for (const n of numbers) {
          await add(run, n);
        }
      };
      await Promise.all([
        inOrder(store, evens),
        inOrder(
          other,
          evens.map((n) => n + 1),
        ),
      ]);
      const all = Array.from({ length: 50 }, (_, n) => burst(n));
      expect(await recorded(store, subject)).toEqual(all);
      expect(await dueIds(store)).toEqual(all.map(({ id }) => id));
    });

    test("of two watermarks that are saved at once, the later one is kept", async () => {
      const saves = (run: StateStore, from: number) =>
        [0, 1, 2, 3].reduce<Promise<void>>(
          (before, n) => before.then(() => run.saveProgress(progress(from + 2 * n))),
          Promise.resolve(),
        );
      await Promise.all([saves(store, 10), saves(other, 11)]);
      expect((await keeper.open().readProgress())?.publishedTo).toBe(17);
    });

    test("whatever is done, it answers as the one in memory", async () => {
      await law(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const state = await keep();
          const runs = [state.open(), state.open()];
          const memory = new MemoryStore();
          const heads = users.map((user) => ({ user, before: [new Read(), new Read()] }));
          for (const each of steps) {
            const mine = await perform(runs[each.run]!, each, heads, 0);
            const expected = await perform(memory, each, heads, 1);
            expect(mine).toEqual(expected);
          }
        }),
        15,
      );
    }, 60_000);
  });
}

// ---------------------------------------------------------------------------------------------------------------
// Any sequence of steps

const users = ["alice@contoso.com", "bob@contoso.com"] as const;

interface Step {
  readonly kind: "read" | "write" | "due" | "save" | "open" | "prune";
  /** Which of two runs does it. */
  readonly run: number;
  readonly user: number;
  readonly n: number;
  readonly m: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("read", "write", "write", "write", "due", "save", "open", "prune"),
  run: fc.nat({ max: 1 }),
  user: fc.nat({ max: users.length - 1 }),
  n: fc.nat({ max: 60 }),
  m: fc.nat({ max: 60 }),
});

/** The head that a run read last; it may be old by now. */
class Read {
  head: Awaited<ReturnType<StateStore["readHead"]>> | null = null;
}

async function perform(
  store: StateStore,
  { kind, user, n, m }: Step,
  heads: readonly { readonly user: string; readonly before: readonly Read[] }[],
  side: number,
): Promise<unknown> {
  const { user: name, before } = heads[user]!;
  const read = before[side]!;
  const whose = subjectOf(name);
  switch (kind) {
    case "read":
      read.head = await store.readHead(whose, -Infinity);
      return [read.head.bursts.toSorted((a, b) => a.extent.from - b.extent.from)];
    case "write": {
      const head = read.head ?? (await store.readHead(whose, -Infinity));
      const added = [n, m, n + m].map((number) => burst(number, { revision: n + 1 }));
      const ids = new Set(added.map(({ id }) => id));
      const bursts = [
        ...head.bursts.filter(({ id }) => !ids.has(id)),
        ...new Map(added.map((each) => [each.id, each])).values(),
      ];
      const change: StateChange = {
        head: {
          ...head,
          bursts,
          deliveries: { ...head.deliveries, [burst(n).id]: { sent: { sentinel: m }, claim: null } },
        },
        put: [due(whose, burst(n), { dueAt: start + 61 * n + user })],
        drop: [due(whose, burst(m + 1))],
      };
      const stored = await store.write(change);
      if (stored !== null && stored !== "conflict") {
        read.head = stored;
      }
      return stored === "conflict";
    }
    case "due":
      return store.write({
        put: [due(whose, burst(n), { dueAt: start + 61 * n + user, attempts: m })],
        drop: [due(whose, burst(n + 1)), due(whose, burst(n + 2))],
      });
    case "save":
      await store.saveProgress(progress(n, { lastRunAt: m, lastSuccessAt: n % 2 ? m : null }));
      return store.readProgress();
    case "open":
      return store.open();
    case "prune":
      return store.prune(start + n * 60 * minute);
  }
}
