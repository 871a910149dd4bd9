import type { Case } from "../frame/case.ts";
import { answerCase } from "./answer.ts";
import { backfillCase } from "./backfill.ts";
import { coldStartCase } from "./coldStart.ts";
import { floodCase } from "./flood.ts";
import { formatsCase } from "./formats.ts";
import { memoryCase } from "./memory.ts";
import { denialsCase, gzipCase, scanCase, tenPercentCase } from "./scan.ts";
import { sizesCase } from "./sizes.ts";
import { tenantCase } from "./tenant.ts";
import { tuneCase } from "./tune.ts";
import { windowingCase } from "./windowing.ts";

/** In the order in which they run. */
export const cases: readonly Case[] = [
  scanCase,
  sizesCase,
  formatsCase,
  tenPercentCase,
  denialsCase,
  floodCase,
  gzipCase,
  windowingCase,
  tuneCase,
  memoryCase,
  coldStartCase,
  answerCase,
  tenantCase,
  backfillCase,
];
