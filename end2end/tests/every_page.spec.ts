// Every page, on a phone and on a desk, light and dark: it is there and fits. The pictures are in test-results/screenshots.

import { expect, test } from "../fixtures/app";
import { everyPage } from "../fixtures/world";

const WIDTHS = [390, 1440];
const SCHEMES = ["light", "dark"] as const;

test("every page fits its window, with a title and one heading", async ({ portal, people, windowOf, strangersWindow, javaScriptEnabled }) => {
  test.setTimeout(900_000);
  const scripts = javaScriptEnabled !== false;
  const sights = await everyPage(portal, people);
  const windows = new Map();
  for (const sight of sights) {
    if (!sight.as || !windows.has(sight.as)) windows.set(sight.as, sight.as ? await windowOf(sight.as) : await strangersWindow());
    const page = windows.get(sight.as);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const answer = await page.goto(sight.path);
        await test.step(`${sight.name}, ${width}, ${colorScheme}`, async () => {
          expect.soft(answer?.status(), sight.name).toBe(sight.status ?? 200);
          await expect.soft(page).toHaveTitle(/\S · Countersign$/);
          await expect.soft(page.getByRole("heading", { level: 1 }), sight.name).toHaveCount(1);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(wider, `${sight.name} at ${width} is not wider than its window`).toBeLessThanOrEqual(0);
          const name = `${sight.name}-${width}-${colorScheme}${scripts ? "" : "-noscript"}.png`;
          await page.screenshot({ path: `test-results/screenshots/${name}`, fullPage: true });
        });
      }
    }
  }
});
