// Runs everything: browser tests, tests over HTTP, kill test. Says at the end what came out, and fails if anything did.

import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { binary } from "./fixtures/server.mjs";

process.chdir(import.meta.dirname);
console.log(`testing ${binary()}`);
await rm("test-results", { recursive: true, force: true });
await mkdir("test-results", { recursive: true });

const minutes = (since) => {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
};

/** Runs a command with its output passed through; gives its exit code and how long it took. */
async function run(command, ...args) {
  const began = Date.now();
  const child = spawn(command, args, { stdio: "inherit" });
  const code = await new Promise((ended) => child.once("close", ended));
  return { code, took: minutes(began) };
}

const browser = await run("npx", "playwright", "test", ...process.argv.slice(2));
const kill = await run("node", "kill/main.mjs");

const report = JSON.parse(await readFile("test-results/report.json", "utf8").catch(() => "null"));
const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
console.log(`
Browser and HTTP tests  ${browser.code === 0 ? "passed" : "FAILED"}: ${expected} passed, ${unexpected} failed, ${flaky} flaky, ${skipped} skipped (${browser.took})
Kill test               ${kill.code === 0 ? "passed" : "FAILED"} (${kill.took})
Pictures                end2end/test-results/screenshots`);
process.exit(browser.code || kill.code ? 1 : 0);
