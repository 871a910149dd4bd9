interface UpstreamErrorOptions extends ErrorOptions {
  readonly isBusy?: boolean;
}

/** A service that a run depends on failed. The message says what it answered, never what was sent. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly service: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** The service had no room for it, even after waiting: the next run asks again. */
  readonly isBusy: boolean;

  constructor(
    service: string,
    problem: string,
    retryable: boolean,
    options: UpstreamErrorOptions = {},
  ) {
    super(`${service}: ${problem}`, "cause" in options ? { cause: options.cause } : {});
    this.isBusy = options.isBusy ?? false;
    this.service = service;
    this.retryable = retryable;
  }
}
