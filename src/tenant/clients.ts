/** The client and application of a sign-in. */
export interface Client {
  readonly operatingSystem: string;
  readonly browser: string;
  readonly clientApp: string;
  readonly userAgent: string;
  /** Joined to the tenant. Such devices show an id, a name and a trust type. */
  readonly managed: boolean;
}

export interface App {
  readonly id: string;
  readonly name: string;
  readonly resourceId: string;
  readonly resource: string;
}

const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit";
const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const desktopApp = "Mobile Apps and Desktop clients";

function client(
  system: string,
  browser: string,
  clientApp: string,
  userAgent: string,
  managed: boolean,
): Client {
  return { operatingSystem: system, browser, clientApp, userAgent, managed };
}

export const everyClient: readonly [Client, ...Client[]] = [
  client(
    "Windows10",
    "Edge 134.0.0",
    "Browser",
    `${windows} Chrome/134.0.0.0 Safari/537.36 Edg/134.0.0.0`,
    true,
  ),
  client(
    "Windows10",
    "Chrome 134.0.0",
    "Browser",
    `${windows} Chrome/134.0.0.0 Safari/537.36`,
    true,
  ),
  client(
    "Windows10",
    "Rich Client 5.2.8.0",
    desktopApp,
    `${windows} Teams/25044.2208 Edg/133.0.0.0`,
    true,
  ),
  client(
    "MacOs",
    "Safari 18.3",
    "Browser",
    `${mac}/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15`,
    true,
  ),
  client("Ios 18.3", "Mobile Safari", desktopApp, `${phone} Mobile/15E148 PKeyAuth/1.0`, false),
];

export const attackerClients: readonly [Client, ...Client[]] = [
  client(
    "Windows10",
    "Chrome 109.0.0",
    "Browser",
    `${windows} Chrome/109.0.0.0 Safari/537.36`,
    false,
  ),
  client(
    "Linux",
    "Firefox 115.0",
    "Browser",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
    false,
  ),
  client("", "Python Requests 2.31", desktopApp, "python-requests/2.31.0", false),
];

function app(name: string, id: string, resource: string, resourceId: string): App {
  return { name, id, resource, resourceId };
}

const graph = "00000003-0000-0000-c000-000000000000";

/** Microsoft's own applications. Their ids are public and the same in every tenant. */
export const apps: readonly [App, ...App[]] = [
  app("OfficeHome", "4765445b-32c6-49b0-83e6-1d93765276ca", "Microsoft Graph", graph),
  app("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Graph", graph),
  app(
    "Office 365 Exchange Online",
    "00000002-0000-0ff1-ce00-000000000000",
    "Office 365 Exchange Online",
    "00000002-0000-0ff1-ce00-000000000000",
  ),
  app(
    "Office 365 SharePoint Online",
    "00000003-0000-0ff1-ce00-000000000000",
    "Office 365 SharePoint Online",
    "00000003-0000-0ff1-ce00-000000000000",
  ),
  app(
    "Azure Portal",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "Windows Azure Service Management API",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
  ),
];

const npsId = "981f26a1-7f43-403b-a875-f8b09b8cd720";

export const npsApps: readonly [App, ...App[]] = [
  app("Azure Multi-Factor Auth Client", npsId, "Azure Multi-Factor Auth Client", npsId),
  app("Azure MFA NPS extension", npsId, "Azure Multi-Factor Auth Client", npsId),
];
