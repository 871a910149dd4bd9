import { v4 } from "uuid";
import type { Sending } from "./decideTouched.ts";
import type { Detector } from "./detector.ts";
import { claimLength } from "./deliverDue.ts";

/** What a run that starts now may send, under claims of its own. */
export function newSending(
  { clock, maxIncidentsPerRun }: Detector,
  lane: Sending["lane"],
): Sending {
  return { owner: v4(), claimUntil: clock.now() + claimLength, lane, left: maxIncidentsPerRun };
}
