interface UpstreamErrorOptions extends ErrorOptions {
  readonly isBusy?: boolean;
}

/** A failure of a service that a run depends on. The message contains the service's answer, never what was sent. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly service: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Whether the service was too busy even after waiting. The next run tries again. */
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
