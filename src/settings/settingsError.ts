/** Settings are wrong. `problems` names every one, each sentence beginning with the setting. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`settings: ${problems.join("; ")}`);
    this.problems = problems;
  }
}
