import { InputError } from "../logs/files/inputError.ts";

/** A file that the user wrote is wrong. Each problem is one sentence that begins with its place. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("; "), options);
    this.problems = problems;
  }
}

/**
 * Reads all files.
 *
 * @throws ProblemsError with the problems of all of them
 */
export async function collectProblems<T>(
  files: readonly string[],
  read: (file: string) => Promise<T>,
): Promise<readonly (readonly [file: string, content: T])[]> {
  const contents: (readonly [string, T])[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      contents.push([file, await read(file)]);
    } catch (error) {
      // One at a time, because there may be too many for arguments.
      problemsOf(error).forEach((problem) => problems.push(problem));
    }
  }
  if (problems.length > 0) {
    throw new ProblemsError(problems);
  }
  return contents;
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ProblemsError) {
    return error.problems;
  }
  if (error instanceof InputError) {
    return [error.message];
  }
  throw error;
}
