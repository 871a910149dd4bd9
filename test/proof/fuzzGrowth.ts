/** How the time that something takes grows with the size of what it is given. */

/** Processor time of this process alone, so that the rest of the machine does not count; milliseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timeOf(work: () => unknown): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** A shorter time means nothing: the engine's own work hides it. */
const tellsNothingMs = 100;

/** Growth by the square would be 64, in proportion 8; the engine itself adds a little. */
const most = 30;
const factor = 8;

/**
 * Whether work grows faster than in proportion, at sizes of `n` and eight times that. The best of some tries
 * counts, so that a busy machine makes nothing fail.
 *
 * @returns null, or the measurement in words
 */
export async function growthProblem(
  n: number,
  work: (n: number) => () => unknown,
): Promise<string | null> {
  await work(Math.ceil(n / 8))();
  const [small, large] = [work(n), work(n * factor)];
  let told = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const longer = await timeOf(large);
    if (longer < tellsNothingMs) {
      return null;
    }
    // The longest try of the shorter one: one-time work of the engine affects the longer one too.
    const shorter = Math.max(await timeOf(small), await timeOf(small), 1);
    if (longer / shorter < most) {
      return null;
    }
    told = `${Math.round(shorter)} ms for ${n}, ${Math.round(longer)} ms for ${n * factor}`;
  }
  return told;
}
