/** The environment of a command. Tests provide their own. */
export interface Terminal {
  /** Default: the input of this process. */
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The environment variables; empty if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The time, epoch milliseconds. */
  readonly now?: () => number;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** The program that worker threads run. If it is absent, no threads are started. */
  readonly threadProgram?: URL;
  /** Loads the module behind `doctor`, which contains Azure's clients. If it is absent, `doctor` is not available. */
  readonly loadDoctor?: () => Promise<unknown>;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal. */
  readonly columns?: number;
}

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** The name of its value in the help. An option without it is a switch. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly help: string;
}

/** Values of the given options, by name. */
export type Given = Readonly<Record<string, readonly string[]>>;

/** A command line that works, and its purpose. */
interface Example {
  readonly line: string;
  readonly says: string;
  /** Whether it needs a deployment. Tests do not run it. They only look for it in the help. */
  readonly needsAzure?: true;
}

/** A command's entry in the general help. */
export interface CommandHead {
  readonly name: string;
  readonly summary: string;
  /** The operands after the options, such as `FILE…`. */
  readonly operands: string;
}

/** One command. Its help and its parser use the same declaration. */
export interface Command extends CommandHead {
  readonly options: readonly Option[];
  readonly details: readonly string[];
  /** Tests run them in the project's folder, which proves that they work. */
  readonly examples: readonly Example[];
  run(given: Given, operands: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit codes of the process. */
export const exitCodes = {
  done: 0,
  findings: 1,
  unusable: 2,
  partial: 3,
  interrupted: 130,
} as const;

/** The exit codes in words, for help and documentation. */
export const exitCodeWords: readonly (readonly [code: number, words: string])[] = [
  [exitCodes.done, "done"],
  [
    exitCodes.findings,
    "findings (with --exit-code), scenarios that failed (rules --test), or a limit that is not met (tune)",
  ],
  [exitCodes.unusable, "wrong usage, unreadable input, or input that cannot show refusals (blind)"],
  [exitCodes.partial, "partial: part of the input could not be read or judged"],
  [exitCodes.interrupted, "interrupted"],
];
