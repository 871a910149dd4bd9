/** How the time that something takes grows with the size of what it is given. */

/** Of this process alone, so that what else runs on the machine does not count; milliseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timeOf(work: () => unknown): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** What is shorter tells nothing: it drowns in what the engine does beside. */
const tellsNothingMs = 100;

/** Growth by the square would be 64, in proportion 8; the engine itself adds a little. */
const most = 30;
const factor = 8;

/**
 * Whether work grows faster than in proportion, at sizes of `n` and eight times that. The best of some tries
 * counts, so that a busy machine makes nothing fail.
 *
 * @returns null, or in words what was measured
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
    // Of the shorter one the longest try: what the engine once spends on it is spent on the longer one too.
    const shorter = Math.max(await timeOf(small), await timeOf(small), 1);
    if (longer / shorter < most) {
      return null;
    }
    told = `${Math.round(shorter)} ms for ${n}, ${Math.round(longer)} ms for ${n * factor}`;
  }
  return told;
}
