import { areRefusals } from "../../detection/incidents/outcomeWords.ts";
import { shownName } from "../../detection/signin/account.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Context, OriginAddress } from "../../detection/context/context.ts";
import type { Prompt } from "../../detection/prompts/prompt.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { counted } from "../text/words.ts";
import { timeline, type Mark } from "./charts.ts";
import { harmOf } from "../verdict/harm.ts";
import { attackOf } from "./attackOf.ts";
import { markup, userName, type Html } from "./markup.ts";
import { picture } from "./picture.ts";

/** Maximum number of rows in a table of prompts. The rest is in the folder that `--case` writes. */
const mostRows = 200;

/** Shows everything about one finding, as a picture and as tables. */
export function findingSection(reported: Reported, number: number): Html {
  const { rule, subject, finding } = reported;
  const { facts, evidence, denials, context } = finding;
  const denialCount = `${facts.atLeast ? "at least " : ""}${facts.denials}`;
  const prompts = areRefusals(denials) ? "refused prompts" : "prompts that were not approved";
  return markup`<section class="finding" id="finding-${number}">
    <h3>${number}. ${userName(shownName(subject))} <span class="${facts.severity}">${facts.severity}</span></h3>
    <p>
      ${denialCount} ${prompts} from ${shortTime(facts.firstDenialAt)} to
      ${shortTime(facts.lastDenialAt)}, found by the rule ${rule.name}.${harmText(reported)}
    </p>
    ${context === null ? markup`` : beforeText(context)}
    ${picture(timeline(marksOf(reported)), `Timeline: what came before, ${denialCount} ${prompts}, and what followed`)}
    <p class="legend">
      Squares are the first and the last of the wrong passwords before, circles in the second lane
      are ${prompts}, a diamond is an approval, circles beside it are sign-ins, a triangle is a sign
      of a takeover.
    </p>
    <table>
      <caption>
        Origins
      </caption>
      <thead>
        <tr>
          <th scope="col">address</th>
          <th scope="col">known</th>
          <th scope="col">place</th>
        </tr>
      </thead>
      <tbody>
        ${originRows(evidence.ipAddresses, context)}
      </tbody>
    </table>
    ${context === null ? markup`` : contextLists(context)}
    <details>
      <summary>The ${prompts} (${denials.length})</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">time (UTC)</th>
              <th scope="col">outcome</th>
              <th scope="col">address</th>
              <th scope="col">application</th>
              <th scope="col">client</th>
            </tr>
          </thead>
          <tbody>
            ${denials.slice(0, mostRows).map(promptRow)}
          </tbody>
        </table>
      </div>
      ${denials.length > mostRows ? markup`<p>The first ${mostRows} of ${denials.length}.</p>` : markup``}
    </details>
    <p><code>${reported.decision.burst.id}</code></p>
  </section>`;
}

function harmText(reported: Reported): string {
  const { approvedAfter, signedIn, takeover } = harmOf(attackOf(reported));
  const signs = [
    ...(approvedAfter ? ["the user approved a prompt afterwards"] : []),
    ...(signedIn ? ["a sign-in from these origins succeeded"] : []),
    ...(takeover ? ["the account was changed as an attacker would"] : []),
  ];
  return signs.length === 0 ? "" : ` Signs of a success: ${signs.join("; ")}.`;
}

/** Says whether the password was known, and whose passwords were tried from the same addresses. */
function beforeText({ password, spray }: Context): Html {
  const sentences = [
    ...(spray === null
      ? []
      : [
          `From these addresses ${counted(spray.attempts, "wrong password")} of ${counted(spray.accounts, "other account")} were tried from ${shortTime(spray.from)} to ${shortTime(spray.to)}.`,
        ]),
    ...(password === null
      ? []
      : [
          `The password was right in ${password.right} of the ${password.shown} prompts whose rows show it; ${counted(password.wrongBefore, "wrong password")} of this account in the 24 hours before.`,
        ]),
  ];
  return sentences.length === 0 ? markup`` : markup`<p>${sentences.join(" ")}</p>`;
}

function marksOf({ finding: { denials, approvals, context } }: Reported): readonly Mark[] {
  const marks: Mark[] = denials.map(({ at, outcome }) => ({
    at,
    kind: outcome === "fraudReported" ? "fraud" : "denial",
  }));
  approvals.forEach(({ at }) => marks.push({ at, kind: "approval" }));
  const spray = context?.spray ?? null;
  if (spray !== null) {
    marks.push({ at: spray.from, kind: "spray" }, { at: spray.to, kind: "spray" });
  }
  context?.reports.forEach(({ at }) => marks.push({ at, kind: "event" }));
  context?.successes.forEach(({ at }) => marks.push({ at, kind: "success" }));
  context?.followed.forEach(({ at, meaning }) =>
    marks.push({ at, kind: meaning === "takeover" ? "takeover" : "event" }),
  );
  return marks.toSorted((a, b) => a.at - b.at);
}

function originRows(addresses: readonly string[], context: Context | null): readonly Html[] {
  const known = new Map(context?.origins.addresses.map((each) => [each.address, each]));
  return addresses.map((address) => {
    const origin = known.get(address);
    return markup`<tr>
      <td><code>${address}</code></td>
      <td>${knownText(origin)}</td>
      <td>${origin?.location ?? ""}</td>
    </tr>`;
  });
}

function knownText(origin: OriginAddress | undefined): string {
  if (origin === undefined || origin.known === null) {
    return "cannot be known";
  }
  return origin.known ? `known, ${origin.days} days` : "new";
}

function contextLists(context: Context): Html {
  const events = [
    ...context.successes.map((each) => ({
      at: each.at,
      text: `sign-in by ${each.user}, ${each.application ?? "unknown application"}, ${each.ipAddress ?? ""}`,
    })),
    ...context.reports.map((each) => ({ at: each.at, text: each.what })),
    ...context.followed.map((each) => ({
      at: each.at,
      text: `${each.what}${each.detail === null ? "" : `: ${each.detail}`}${each.by === null ? "" : `, by ${each.by}`}${each.address === null ? "" : `, from ${each.address}`}`,
    })),
  ].toSorted((a, b) => a.at - b.at);
  const gaps = context.gaps.map(({ table, problem }) => `${table}: ${problem}`);
  return markup`${
    events.length === 0
      ? markup`<p>Nothing that followed is in these logs.</p>`
      : markup`<table>
          <caption>
            What followed
          </caption>
          <tbody>
            ${events.map(
              ({ at, text }) =>
                markup`<tr>
                  <td>${shortTime(at)}</td>
                  <td>${text}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
  }${gaps.length === 0 ? markup`` : markup`<p>Not seen: ${gaps.join("; ")}.</p>`}`;
}

function promptRow({ at, outcome, sightings }: Prompt): Html {
  const origin = sightings[0]?.origin;
  return markup`<tr>
    <td>${formatTime(at)}</td>
    <td>${outcome}</td>
    <td>${origin?.ipAddress ?? ""}</td>
    <td>${origin?.application ?? ""}</td>
    <td>${origin?.userAgent ?? ""}</td>
  </tr> `;
}

/** Returns `2026-03-10 09:00:13`, in UTC. */
export function shortTime(at: number): string {
  return formatTime(at).slice(0, 19).replace("T", " ");
}
