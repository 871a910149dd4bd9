/** The settings are wrong. `problems` names every problem in a sentence that begins with the setting. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`settings: ${problems.join("; ")}`);
    this.problems = problems;
  }
}
