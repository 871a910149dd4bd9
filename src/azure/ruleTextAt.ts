import type { TokenCredential } from "@azure/identity";
import type { RuleText } from "../run/currentRules.ts";
import { blobText } from "./blobText.ts";
import type { Connection } from "./connection.ts";
import { packageText } from "./packageText.ts";

/** The audience of tokens for storage, in every cloud. */
const storageAudience = "https://storage.azure.com";

export interface RuleTextOptions {
  readonly credential: () => TokenCredential;
  /** As in `packageText`. */
  readonly packageFolder: string;
  readonly connection?: Connection;
}

/** Reports whether a file of rules is a blob, and not a file of the package. */
export function isBlob(file: string): boolean {
  return file.startsWith("https:");
}

/** Returns the text of a file of rules, wherever it lies. */
export function ruleTextAt(
  file: string,
  { credential, packageFolder, connection = {} }: RuleTextOptions,
): RuleText {
  return isBlob(file)
    ? blobText({ url: file, audience: storageAudience, credential: credential(), connection })
    : packageText(file, packageFolder);
}
