export type Settings = Readonly<Record<string, string>>;

/**
 * Puts app settings in for `%NAME%`, as the host does in schedules and queue names.
 *
 * @throws {Error} where a setting is missing
 */
export function resolveSettings(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (whole, name: string) => {
    const value = settings[name];
    if (value === undefined) {
      throw new Error(`${where}: '${whole}' does not resolve to a value. Set the setting ${name}.`);
    }
    return value;
  });
}

/** How a binding reaches a storage account: by a connection string, or as an identity by the queues' address. */
export type Connection = { readonly connectionString: string } | { readonly queueUrl: string };

/** @throws {Error} where no setting of the connection's name is there */
export function resolveConnection(name: string, settings: Settings, where: string): Connection {
  // The host looks under its own prefix first.
  for (const key of [`AzureWebJobs${name}`, name]) {
    const connectionString = settings[key];
    if (connectionString) {
      return { connectionString };
    }
    const queueUrl = settings[`${key}__queueServiceUri`];
    if (queueUrl) {
      return { queueUrl };
    }
  }
  throw new Error(
    `${where}: Storage account connection string '${name}' does not exist. ` +
      `Set the setting ${name}, or ${name}__queueServiceUri.`,
  );
}
