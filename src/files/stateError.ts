/** The state folder cannot be used. The message is one sentence that names the folder or file. */
export class StateError extends Error {
  override readonly name = "StateError";
}
