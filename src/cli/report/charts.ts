import { GraphChart, HeatmapChart, ScatterChart } from "echarts/charts";
import { GridComponent, VisualMapComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([GraphChart, HeatmapChart, ScatterChart, GridComponent, VisualMapComponent, SVGRenderer]);

/** Marks of a timeline by meaning. The colours are distinguishable for the colour-blind (Okabe and Ito). */
const marks = {
  spray: { colour: "#767676", lane: "before", symbol: "rect", size: 10 },
  denial: { colour: "#d55e00", lane: "refused", symbol: "circle", size: 10 },
  fraud: { colour: "#cc79a7", lane: "refused", symbol: "circle", size: 10 },
  approval: { colour: "#000000", lane: "let in", symbol: "diamond", size: 14 },
  success: { colour: "#0072b2", lane: "let in", symbol: "circle", size: 10 },
  takeover: { colour: "#b30000", lane: "followed", symbol: "triangle", size: 14 },
  event: { colour: "#767676", lane: "followed", symbol: "circle", size: 10 },
} as const;

const lanes = ["before", "refused", "let in", "followed"] as const;

type MarkKind = keyof typeof marks;

export interface Mark {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: MarkKind;
}

/** More would overlap at this width. */
const mostMarks = 500;

/**
 * Draws a timeline as SVG, in four lanes: wrong passwords before, refusals, approvals and sign-ins, and what followed.
 */
export function timeline(all: readonly Mark[]): string {
  const shown = thinned(all);
  return draw(860, 180, {
    useUTC: true,
    grid: { left: 70, right: 20, top: 10, bottom: 25 },
    xAxis: { type: "time", min: "dataMin", max: "dataMax" },
    yAxis: { type: "category", data: lanes, inverse: true, axisTick: { show: false } },
    series: Object.entries(marks).map(([kind, { colour, lane, symbol, size }]) => ({
      type: "scatter",
      symbol,
      symbolSize: size,
      itemStyle: { color: colour, opacity: 0.8 },
      data: shown.filter((mark) => mark.kind === kind).map(({ at }) => [at, lanes.indexOf(lane)]),
    })),
  });
}

/** Returns at most `mostMarks`, evenly spaced over the list, always including the first and last. */
function thinned(all: readonly Mark[]): readonly Mark[] {
  if (all.length <= mostMarks) {
    return all;
  }
  const step = (all.length - 1) / (mostMarks - 1);
  return Array.from({ length: mostMarks }, (_, index) => all[Math.round(index * step)]).flatMap(
    (mark) => mark ?? [],
  );
}

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Draws refused prompts by weekday and hour (UTC), as SVG. */
export function heatMap(times: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const at of times) {
    const date = new Date(at);
    const key = `${date.getUTCHours()},${(date.getUTCDay() + 6) % 7}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(1, ...counts.values());
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  return draw(860, 240, {
    grid: { left: 50, right: 20, top: 10, bottom: 30 },
    xAxis: { type: "category", data: hours },
    yAxis: { type: "category", data: days, inverse: true },
    visualMap: { min: 0, max: most, show: false, inRange: { color: ["#f2f2f2", "#d55e00"] } },
    series: [
      {
        type: "heatmap",
        label: { show: true, fontSize: 10 },
        itemStyle: { borderColor: "#ffffff", borderWidth: 1 },
        data: [...counts].map(([key, count]) => [...key.split(",").map(Number), count]),
      },
    ],
  });
}

/** A number for each pair of names. */
export interface NumberGrid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** By row, then by column. */
  readonly numbers: readonly (readonly number[])[];
}

/** Draws numbers by row and column, as SVG. The colour grows with the logarithm, since small numbers matter most. */
export function numberMap({ columns, rows, numbers }: NumberGrid): string {
  const most = Math.max(1, ...numbers.flat().map(Math.log1p));
  return draw(860, 60 + 30 * rows.length, {
    grid: { left: 50, right: 20, top: 10, bottom: 30 },
    xAxis: { type: "category", data: columns },
    yAxis: { type: "category", data: rows, inverse: true },
    visualMap: {
      min: 0,
      max: most,
      dimension: 2,
      show: false,
      inRange: { color: ["#f2f2f2", "#d55e00"] },
    },
    series: [
      {
        type: "heatmap",
        label: { show: true, fontSize: 10, formatter: "{@[3]}" },
        itemStyle: { borderColor: "#ffffff", borderWidth: 1 },
        data: numbers.flatMap((line, row) =>
          line.map((number, column) => [
            column,
            row,
            Math.log1p(number),
            number === 0 ? "" : number < 10 ? number.toFixed(1) : Math.round(number),
          ]),
        ),
      },
    ],
  });
}

export interface Link {
  readonly user: string;
  /** A value shared with others: an address, an AS number or a user agent. */
  readonly trait: string;
}

/** More nodes could not be distinguished. */
const mostLinks = 150;

/** Pixels between two names, so that none covers another. */
const lineHeight = 18;

/** Draws users on the left, the origins that they share on the right, and who was attacked from where, as SVG. */
export function campaignGraph(all: readonly Link[]): string {
  const links = all.slice(0, mostLinks);
  const users = [...new Set(links.map(({ user }) => user))];
  const traits = [...new Set(links.map(({ trait }) => trait))];
  const height = lineHeight * Math.max(users.length, traits.length);
  const node = (side: "user" | "trait", names: readonly string[]) =>
    names.map((name, index) => ({
      id: `${side} ${name}`,
      name: name.length > 48 ? `${name.slice(0, 47)}…` : name,
      x: side === "user" ? 0 : 300,
      y: ((index + 0.5) / names.length) * height,
      symbolSize: side === "user" ? 8 : 14,
      itemStyle: { color: side === "user" ? "#0072b2" : "#d55e00" },
      label: { show: true, position: side === "user" ? "left" : "right", fontSize: 11 },
    }));
  return draw(860, height + 40, {
    series: [
      {
        type: "graph",
        layout: "none",
        left: 320,
        right: 240,
        top: 20,
        bottom: 20,
        data: [...node("user", users), ...node("trait", traits)],
        links: links.map(({ user, trait }) => ({
          source: `user ${user}`,
          target: `trait ${trait}`,
        })),
        lineStyle: { color: "#767676", opacity: 0.6 },
      },
    ],
  });
}

function draw(width: number, height: number, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, backgroundColor: "#ffffff", ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
