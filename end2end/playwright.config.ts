// Every page is tested twice: with JavaScript and without. Specs named `*.hydrate.spec.ts` are about scripts themselves
// and run once; specs in `tests/http` need no browser and run once.
//
// The server under test is a release binary (see fixtures/server.mjs); each worker starts its own.

import { defineConfig } from "@playwright/test";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  outputDir: "test-results/traces",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  // Bounds for what hangs, not expectations: continuous integration runs on slow and busy machines.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // A test that needs its second try is counted as flaky in the closing line.
  retries: process.env.CI ? 1 : 0,
  reporter: [["dot"], ["json", { outputFile: "test-results/report.json" }]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    // To record every test would slow all of them down; `--trace on` records those that are run again by hand.
    trace: "on-first-retry",
    launchOptions: { executablePath: process.env.COUNTERSIGN_CHROMIUM ?? "/usr/bin/chromium", args: flags },
  },
  projects: [
    { name: "with JavaScript", testDir: "tests", testIgnore: "http/**" },
    { name: "without JavaScript", testDir: "tests", testIgnore: ["http/**", "**/*.hydrate.spec.ts"], use: { javaScriptEnabled: false } },
    { name: "without a browser", testDir: "tests/http" },
  ],
});
