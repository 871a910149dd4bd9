/** The endpoints and token audiences of a cloud's services. The audience depends on the cloud only. */
export interface Cloud {
  readonly authorityHost: string;
  readonly logAnalytics: { readonly endpoint: string; readonly audience: string };
  readonly resourceManager: { readonly endpoint: string; readonly audience: string };
  /** The Logs Ingestion API. Its endpoint belongs to a data collection rule. */
  readonly logsIngestion: { readonly audience: string };
}

/** Sentinel in Azure China was retired in August 2026. */
export const clouds = {
  public: {
    authorityHost: "https://login.microsoftonline.com",
    logAnalytics: {
      endpoint: "https://api.loganalytics.azure.com",
      audience: "https://api.loganalytics.io",
    },
    resourceManager: {
      endpoint: "https://management.azure.com",
      audience: "https://management.azure.com",
    },
    logsIngestion: { audience: "https://monitor.azure.com" },
  },
  usgov: {
    authorityHost: "https://login.microsoftonline.us",
    logAnalytics: {
      endpoint: "https://api.loganalytics.us",
      audience: "https://api.loganalytics.us",
    },
    resourceManager: {
      endpoint: "https://management.usgovcloudapi.net",
      audience: "https://management.usgovcloudapi.net",
    },
    logsIngestion: { audience: "https://monitor.azure.us" },
  },
} as const satisfies Record<string, Cloud>;
