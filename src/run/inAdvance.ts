/**
 * Draws items ahead of the caller, who works on earlier ones meanwhile. Yields all that have arrived, at least one.
 * Before it ends or throws, it has yielded everything drawn, and nothing is under way any more.
 *
 * @param draw the items; its signal is aborted once nobody wants more
 * @param most how many items may wait; with 0, each is drawn when the caller asks for it
 */
export async function* inAdvance<T extends object>(
  draw: (signal: AbortSignal) => AsyncIterable<T>,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<readonly [T, ...T[]]> {
  if (most === 0) {
    for await (const item of draw(signal)) {
      yield [item];
    }
    return;
  }
  const end = new AbortController();
  const waiting: T[] = [];
  const progress = { isOver: false };
  let changed = () => {};
  const change = () => {
    const before = changed;
    return new Promise<void>((resolve) => {
      changed = () => {
        before();
        resolve();
      };
    });
  };
  const drawAll = async () => {
    try {
      for await (const item of draw(AbortSignal.any([signal, end.signal]))) {
        waiting.push(item);
        changed();
        while (waiting.length >= most && !end.signal.aborted) {
          await change();
        }
      }
    } finally {
      progress.isOver = true;
      changed();
    }
  };
  const drawing = drawAll();
  // Thrown below, once everything drawn before was yielded.
  drawing.catch(() => undefined);
  try {
    for (;;) {
      while (waiting.length === 0 && !progress.isOver) {
        await change();
      }
      const [first, ...others] = waiting.splice(0);
      if (first === undefined) {
        await drawing;
        return;
      }
      changed();
      yield [first, ...others];
    }
  } finally {
    end.abort();
    changed();
    await drawing.catch(() => undefined);
  }
}
