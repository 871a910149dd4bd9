/** The input as a whole cannot be read. The message is one sentence that begins with the source. */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The file or folder as the user gave it, or "-" for standard input. */
  readonly source: string;
  readonly problem: string;

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(`${source === "-" ? "standard input" : source}: ${problem}`, options);
    this.source = source;
    this.problem = problem;
  }

  /** Describes a failure of the file system. */
  static of(source: string, cause: unknown): InputError {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    return new InputError(source, describe(code), { cause });
  }
}

function describe(code: unknown): string {
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission to read it is denied";
    case "EISDIR":
      return "is a folder, not a file";
    default:
      return `cannot be read${typeof code === "string" ? ` (${code})` : ""}`;
  }
}
