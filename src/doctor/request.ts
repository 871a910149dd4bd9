/** A request of the command line to the doctor's program. */
export interface DoctorRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly format: "table" | "json";
  /** Base address of the deployed app, to ask it instead of asking Azure from here. */
  readonly app: string | null;
  /** User principal name of the test account of a fire drill. */
  readonly drill: string | null;
  /** Whether to list what a dry run would have opened, instead of checking. */
  readonly findings: boolean;
  /** Path of the bundle to write. */
  readonly bundle: string | null;
  readonly stdout: { write(text: string): unknown };
  readonly signal: AbortSignal;
}

/** @returns the exit code: 0 all well, 3 warnings only, 2 a fault */
export type RunDoctor = (request: DoctorRequest) => Promise<number>;
