// Single keys, for those who have them on.

import { submitRequest } from "../fixtures/requests.mjs";
import { expect, test } from "../fixtures/app";

test("single keys move through the list, choose, open and search", async ({ people, windowOf }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver", "requester")];
  for (const title of ["Anchor", "Buoy", "Chain"]) await submitRequest(await rita.client(), { title, approvers: [otto.email] });
  const page = await windowOf(otto);
  await page.goto("/?tab=waiting");
  const rows = page.getByRole("main").getByRole("row").filter({ has: page.getByRole("checkbox") });
  await expect(rows).toHaveCount(3);
  const link = (number: number) => rows.nth(number).getByRole("link");
  await page.keyboard.press("j");
  await expect(link(0)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(link(2)).toBeFocused();
  await page.keyboard.press("k");
  await expect(link(1)).toBeFocused();
  await page.keyboard.press("x");
  await expect(rows.nth(1).getByRole("checkbox")).toBeChecked();
  await expect(page.getByRole("checkbox", { checked: true })).toHaveCount(1);
  await page.keyboard.press("Control+k");
  await expect(link(1)).toBeFocused();
  await page.keyboard.press("/");
  const search = page.getByLabel("Search", { exact: true });
  await expect(search).toBeFocused();
  await page.keyboard.type("jokx?");
  await expect(search).toHaveValue("jokx?");
  await search.fill("");
  await search.blur();
  await page.keyboard.press("k");
  await expect(link(2)).toBeFocused();
  const title = (await link(2).innerText()).trim();
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(title);
  // Scripts of a page have run when it is loaded.
  await page.waitForLoadState("load");
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New request");
  await page.waitForLoadState("load");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Inbox");
});

test("the key ? lists the shortcuts, and they can be switched off and on", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(list).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await page.keyboard.press("?");
  await list.getByRole("button", { name: "Switch shortcuts off" }).click();
  await expect(page.getByText("Shortcuts are off.")).toBeVisible();
  await page.waitForLoadState("load");
  await page.keyboard.press("?");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(list).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await page.getByRole("button", { name: "Switch shortcuts on" }).click();
  await expect(page.getByText("Shortcuts are on.")).toBeVisible();
  await page.waitForLoadState("load");
  await page.keyboard.press("?");
  await expect(list).toBeVisible();
});
