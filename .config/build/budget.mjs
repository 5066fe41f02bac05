#!/usr/bin/env node
// Fails when what a page fetches has grown over its budget: budget.mjs FOLDER, with the brotli copies inside.
// The numbers are product.md's: style at most 15 kB, scripts and WebAssembly together at most 120 kB.
import { statSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const budgets = [
  { what: "style", files: ["app.css"], kilobytes: 15 },
  { what: "script of live pages", files: ["live.js"], kilobytes: 2 },
  { what: "script of shortcuts", files: ["keys.js"], kilobytes: 1 },
  { what: "script of the API reference", files: ["api.js"], kilobytes: 2 },
  { what: "scripts and WebAssembly of island pages", files: ["live.js", "keys.js", "islands.js", "countersign.js", "countersign.wasm"], kilobytes: 120 },
];

let over = false;
for (const { what, files, kilobytes } of budgets) {
  const size = files.reduce((sum, file) => sum + statSync(join(folder, `${file}.br`)).size, 0) / 1000;
  over ||= size > kilobytes;
  console.log(`${size > kilobytes ? "over " : "within"} budget: ${what} ${size.toFixed(1)} kB of ${kilobytes} kB (brotli)`);
}
process.exit(over ? 1 : 0);
