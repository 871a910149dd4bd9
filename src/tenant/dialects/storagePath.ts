/** Where diagnostic settings store the records of an hour, in a container of the storage account. */
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
