import { expect, test } from "vitest";
import { Progress } from "../../src/cli/progress.ts";

/** The start of the line, and then nothing on it. */
const wipe = ["\u001b[1G", "\u001b[2K"];

function terminal(isTTY = true) {
  const lines: string[] = [];
  const output = {
    isTTY,
    write: (text: string) => wipe.includes(text) || lines.push(text) > 0,
  };
  return { output, lines };
}

test("is drawn five times a second at most", () => {
  const { output, lines } = terminal();
  const progress = new Progress(output, 1_000_000, 0);
  for (let now = 1000; now < 2000; now += 10) {
    progress.addRows(1, now);
  }
  expect(lines).toHaveLength(5);
});

test("reckons the time left by the bytes, not by the rows", () => {
  const { output, lines } = terminal();
  const progress = new Progress(output, 100_000_000, 0);
  progress.addBytes(25_000_000);
  progress.addRows(50_000, 10_000);
  expect(lines).toEqual(["25.0 MB of 100.0 MB, 50000 rows, 5000 rows/s, 30 s left"]);
});

test("has no time left below zero where a file has grown while it was read", () => {
  const { output, lines } = terminal();
  const progress = new Progress(output, 10, 0);
  progress.addBytes(20);
  progress.addRows(1, 1000);
  expect(lines[0]).toContain(" 0 s left");
});

test("does not divide by the size of an empty file", () => {
  const { output, lines } = terminal();
  new Progress(output, 0, 0).addRows(0, 1000);
  expect(lines).toEqual(["0.0 MB, 0 rows, 0 rows/s"]);
});

test("wipes only what it has drawn", () => {
  const written: string[] = [];
  const output = { isTTY: true, write: (text: string) => written.push(text) };
  const progress = new Progress(output, null, 0);
  progress.clear();
  expect(written).toEqual([]);
  progress.addRows(1, 1000);
  progress.clear();
  expect(written).toEqual(["0.0 MB, 1 rows, 1 rows/s", ...wipe]);
});

test("writes nothing without a terminal", () => {
  const { output, lines } = terminal(false);
  const progress = new Progress(output, 10, 0);
  progress.addRows(1, 1000);
  progress.clear();
  new Progress(null, 10, 0).addRows(1, 1000);
  expect(lines).toEqual([]);
});
