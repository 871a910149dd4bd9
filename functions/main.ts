import "./detect.ts";
import "./backfill.ts";
import "./backfillStep.ts";
import "./doctor.ts";
import "./health.ts";
import "./maintenance.ts";
import "./tune.ts";
