/** An error answer in the words of Azure Resource Manager. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  get body(): unknown {
    return { error: { code: this.code, message: this.message } };
  }
}

export const badRequest = (message: string) => new Problem(400, "BadRequest", message);

export const notFound = (resourceId: string) =>
  new Problem(404, "ResourceNotFound", `Resource '${resourceId}' was not found.`);

/** Sentinel answers 409, not 412, and expects the caller to read the resource again. */
export const conflict = (name: string) =>
  new Problem(
    409,
    "Conflict",
    `New version of resource '${name}' exists. Data was not saved. Refresh the resource and retry.`,
  );
