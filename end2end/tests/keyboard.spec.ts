// Without a mouse.

import { submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";

test("an approver decides with the keyboard alone", async ({ people, portal, page }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "Keys only", approvers: [otto] });
  const decide = await DecidePage.open(page, (await portal.mail.next(otto, about("Keys only"))).link!);

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(decide.approve).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(decide.reject).toBeChecked();
  await page.keyboard.press("Tab");
  await expect(decide.reason).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(decide.sendButton).toBeFocused();
  await decide.withoutChecks();
  await page.keyboard.press("Enter");
  await decide.refusedWith("Say why you reject it.");
  await page.keyboard.press("Tab");
  await expect(decide.errors.getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Too dear.");
  await expect(decide.reason).toHaveValue("Too dear.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(decide.heading).toHaveText("You rejected this request");
});
