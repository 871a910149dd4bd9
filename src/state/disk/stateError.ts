/** The state folder cannot be used. The message is one sentence that names the folder or file. */
export class StateError extends Error {
  override readonly name = "StateError";

  /** Describes a failure of the file system. */
  static of(path: string, problem: string, cause: unknown): StateError {
    if (cause instanceof StateError) {
      return cause;
    }
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    return new StateError(`${path}: ${problem}${code}`, { cause });
  }
}
