/** A call of a port's method, not made yet. */
export interface PortCall {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly make: () => Promise<unknown>;
}

/** The same port, but every call of a method is made, or not, by `around`. */
export function around<T extends object>(port: T, handle: (call: PortCall) => Promise<unknown>): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") {
        return value;
      }
      return (...args: readonly unknown[]) =>
        handle({
          method: String(key),
          args,
          // With the port itself: its private fields are not to be reached through a proxy.
          make: async () => (await Reflect.apply(value, target, args)) as unknown,
        });
    },
  });
}
