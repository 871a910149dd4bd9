/** The command line asks for something impossible. The message is one sentence that names the option. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
