// Every page is for everybody: axe finds nothing. It is itself a script, so it runs only where scripts do; the pages are the same.

import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../fixtures/app";
import { everyPage } from "../fixtures/world";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

test("axe finds nothing on any page, light or dark", async ({ portal, people, windowOf, strangersWindow }) => {
  test.setTimeout(900_000);
  for (const sight of await everyPage(portal, people)) {
    const page = sight.as ? await windowOf(sight.as) : await strangersWindow();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(sight.path);
      // In the dark only the colours are others. Nothing is framed from elsewhere, so axe needs no page of its own.
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      const { violations } = await (colorScheme === "light" ? axe.withTags(TAGS) : axe.withRules(["color-contrast"])).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
      expect.soft(found, `${sight.name}, ${colorScheme}`).toEqual([]);
    }
    await page.close();
  }
});
