// Addresses that lead nowhere.

import { submitRequest } from "../fixtures/requests.mjs";
import { expect, test } from "../fixtures/app";

test("an unknown address is a page with a way back and the number for the log", async ({ page, portal }) => {
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  const number = answer!.headers()["x-request-id"];
  await expect(page.getByText(number)).toBeVisible();
  expect(portal.server.output).toContain(number);
  await page.getByRole("link", { name: "To the start" }).click();
  await expect(page).toHaveURL(/\/sign-in|\/$/);
});

test("somebody else's request looks like one that does not exist", async ({ people, windowOf }) => {
  const [rita, uma] = [await people.invite("Rita", "requester"), await people.invite("Uma", "requester")];
  const path = await submitRequest(await rita.client(), { title: "Private", approvers: [people.address("otto")] });
  const page = await windowOf(uma);
  const theirs = await page.goto(path);
  const heading = await page.getByRole("heading", { level: 1 }).innerText();
  const missing = await page.goto("/requests/01900000-0000-7000-8000-000000000000");
  expect(theirs?.status()).toBe(404);
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
});
