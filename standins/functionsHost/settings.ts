export type Settings = Readonly<Record<string, string>>;

/**
 * Replaces `%NAME%` by app settings, as the host does in schedules and queue names.
 *
 * @throws Error if a setting is missing
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

/** How a binding reaches a storage account: with a connection string, or with an identity and the queues' address. */
export type Connection = { readonly connectionString: string } | { readonly queueUrl: string };

/** @throws Error if there is no setting for the connection */
export function resolveConnection(name: string, settings: Settings, where: string): Connection {
  // The host checks its own prefix first.
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
