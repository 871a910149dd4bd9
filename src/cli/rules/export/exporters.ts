import { elastic } from "./elastic.ts";
import type { Exporter } from "./exporter.ts";
import { sentinel } from "./sentinel.ts";
import { sigma } from "./sigma.ts";
import { splunk } from "./splunk.ts";

/** Exporters for every engine that rules can be written for. */
export const exporters: readonly Exporter[] = [sentinel, splunk, sigma, elastic];
