/** Returns the path in a container of the storage account to which diagnostic settings write the records of an hour. */
export function storagePath(tenantId: string, at: number, category = "SignInLogs"): string {
  const iso = new Date(at).toISOString();
  return [
    `insights-logs-${category.toLowerCase()}`,
    `tenantId=${tenantId}`,
    `y=${iso.slice(0, 4)}`,
    `m=${iso.slice(5, 7)}`,
    `d=${iso.slice(8, 10)}`,
    `h=${iso.slice(11, 13)}`,
    "m=00",
    "PT1H.json",
  ].join("/");
}
