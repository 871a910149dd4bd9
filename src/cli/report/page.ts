import { shownName } from "../../detection/signin/account.ts";
import { conditionOf } from "../../detection/rules/ruleText.ts";
import type { Rule } from "../../detection/rules/rule.ts";
import { formatTime } from "../../detection/signin/time.ts";
import type { Verdict } from "../../run/coverage.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { campaignGraph, heatMap, type Link } from "./charts.ts";
import { findingSection, shortTime } from "./findingSection.ts";
import { byHarm, headline } from "../verdict/harm.ts";
import { attackOf } from "./attackOf.ts";
import { htmlDocument } from "./htmlDocument.ts";
import { markup, userName, type Html } from "./markup.ts";
import { picture } from "./picture.ts";

/** A file that was read. */
export interface Input {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface PageContent {
  readonly findings: readonly Reported[];
  readonly rules: readonly Rule[];
  readonly verdict: Verdict;
  /** What the logs could show, in sentences. */
  readonly coverage: readonly string[];
  readonly inputs: readonly Input[];
  /** Facts about the run, by name. */
  readonly run: readonly (readonly [name: string, value: string])[];
}

/** The number of findings with a section of their own. The others are in the table, so that the page stays usable. */
const mostSections = 100;

/**
 * Number of rows in the first table. A browser lays out the others only when somebody opens them, because 10,000 rows
 * take seconds.
 */
const mostRows = 500;

/** Returns one self-contained page, which runs no script and loads nothing. */
export function page(content: PageContent): string {
  const sorted = content.findings.toSorted((a, b) => byHarm(attackOf(a), attackOf(b)));
  return htmlDocument(
    "MFA push attacks: report",
    markup`<header>
          <h1>MFA push attacks</h1>
          <p class="headline">${headline(sorted.map(attackOf), content.verdict)}</p>
          ${content.coverage.map((sentence) => markup`<p>${sentence}</p>`)}
        </header>
        <main>
          ${sorted.length === 0 ? markup`` : findingsPart(sorted)} ${rulesPart(content.rules)}
          ${inputsPart(content)}
        </main>
        <footer>
          Times are UTC. This page loads nothing and runs no script.
        </footer>`,
  );
}

function findingsPart(sorted: readonly Reported[]): Html {
  const sections = sorted.slice(0, mostSections);
  const links = linksOf(sorted);
  const rows = sorted.map((each, index) =>
    findingRow(each, index < mostSections ? index + 1 : null),
  );
  const rest = rows.slice(mostRows);
  return markup`<h2 id="findings">Findings, the most harmful first</h2>
    <div class="scroll findings" role="region" aria-labelledby="findings" tabindex="0">
      ${findingsTable(rows.slice(0, mostRows))}
    </div>
    ${
      rest.length === 0
        ? markup``
        : markup`<details>
            <summary>The other ${rest.length} findings</summary>
            <div class="scroll findings" role="region" aria-label="The other findings" tabindex="0">
              ${findingsTable(rest)}
            </div>
          </details>`
    }
    <h2>When prompts were refused</h2>
    ${picture(heatMap(sorted.flatMap(({ finding }) => finding.denials.map(({ at }) => at))), "Refused prompts by weekday and hour, UTC")}
    ${
      links.length === 0
        ? markup``
        : markup`<h2>Who was attacked from where</h2>
            ${picture(campaignGraph(links), "Users and the addresses that several of them share")}`
    }
    <h2>Each finding</h2>
    ${sections.map((each, index) => findingSection(each, index + 1))}
    ${sorted.length > mostSections ? markup`<p>The ${mostSections} most harmful of ${sorted.length} findings are described; the table has all.</p>` : markup``}`;
}

function findingsTable(rows: readonly Html[]): Html {
  return markup`<table>
    <thead>
      <tr>
        <th scope="col">user</th>
        <th scope="col">severity</th>
        <th scope="col">refused</th>
        <th scope="col">first (UTC)</th>
        <th scope="col">last (UTC)</th>
        <th scope="col">approved after</th>
        <th scope="col">addresses</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function findingRow(
  { subject, finding: { facts, evidence } }: Reported,
  number: number | null,
): Html {
  const { approval } = facts;
  const user =
    number === null
      ? userName(shownName(subject))
      : markup`<a href="#finding-${number}">${userName(shownName(subject))}</a>`;
  return markup`<tr>
    <td>${user}</td>
    <td class="${facts.severity}">${facts.severity}</td>
    <td>${facts.denials}</td>
    <td>${timeOf(facts.firstDenialAt)}</td>
    <td>${timeOf(facts.lastDenialAt)}</td>
    <td>${approval === null ? "" : timeOf(approval.at)}</td>
    <td>
      ${evidence.ipAddresses.slice(0, 3).join(", ")}${evidence.ipAddresses.length > 3 ? ", …" : ""}
    </td>
  </tr> `;
}

function timeOf(at: number): Html {
  return markup`<time datetime="${formatTime(at)}">${shortTime(at)}</time>`;
}

/** Returns the addresses from which more than one user was attacked. */
function linksOf(findings: readonly Reported[]): readonly Link[] {
  const users = new Map<string, Set<string>>();
  for (const { subject, finding } of findings) {
    for (const address of finding.evidence.ipAddresses) {
      const known = users.get(address) ?? new Set();
      users.set(address, known.add(shownName(subject)));
    }
  }
  return [...users]
    .filter(([, attacked]) => attacked.size > 1)
    .flatMap(([trait, attacked]) => [...attacked].map((user) => ({ user, trait })));
}

function rulesPart(rules: readonly Rule[]): Html {
  return markup`<h2>Rules</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">rule</th>
          <th scope="col">fires on</th>
          <th scope="col">severity</th>
        </tr>
      </thead>
      <tbody>
        ${rules.map(
          (rule) =>
            markup`<tr>
              <td>${rule.name}</td>
              <td>${conditionOf(rule)}</td>
              <td>${rule.severity}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function inputsPart({ inputs, run }: PageContent): Html {
  return markup`<h2>The run</h2>
    <table>
      <tbody>
        ${run.map(
          ([name, value]) =>
            markup`<tr>
              <th scope="row">${name}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <h2>What was read</h2>
    <div class="scroll" role="region" aria-label="What was read" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">file</th>
            <th scope="col">bytes</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${inputs.map(
            ({ path, bytes, sha256 }) =>
              markup`<tr>
                <td>${path}</td>
                <td>${bytes}</td>
                <td><code>${sha256}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
