/** A service that a run depends on failed. The message says what it answered, never what was sent. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly service: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  constructor(service: string, problem: string, retryable: boolean, options?: ErrorOptions) {
    super(`${service}: ${problem}`, options);
    this.service = service;
    this.retryable = retryable;
  }
}
