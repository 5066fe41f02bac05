// The list of requests.

import { submitRequest } from "../fixtures/requests.mjs";
import { expect, test } from "../fixtures/app";
import { Layout } from "../pages/layout";

test("an empty inbox says why, and what next", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/?tab=waiting");
  await expect(page.getByText("Nothing waits for you")).toBeVisible();
  await page.getByRole("link", { name: /^Mine/ }).click();
  await expect(page.getByText("You have not submitted anything yet")).toBeVisible();
  await page.getByRole("link", { name: "Start a new request" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New request");
});

test("each person sees what concerns them", async ({ people, windowOf }) => {
  const [rita, otto, nobody] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver"), await people.invite("Uma", "requester")];
  await submitRequest(await rita.client(), { title: "Concerns two", approvers: [otto.email] });
  const ottos = await windowOf(otto);
  await ottos.goto("/");
  await expect(new Layout(ottos).row("Concerns two")).toContainText("Waiting");
  await expect(new Layout(ottos).navigation.getByText("1 waiting for you")).toBeVisible();
  const ritas = await windowOf(rita);
  await ritas.goto("/?tab=mine");
  await expect(new Layout(ritas).row("Concerns two")).toContainText("0 of 1");
  const umas = await windowOf(nobody);
  for (const tab of ["waiting", "mine", "all"]) {
    await umas.goto(`/?tab=${tab}`);
    await expect(umas.getByText("Concerns two")).toHaveCount(0);
  }
  const admins = await windowOf(people.admin);
  await admins.goto("/?tab=all");
  await expect(new Layout(admins).row("Concerns two")).toBeVisible();
});

test("a long list goes on page by page, without a gap", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const client = await rita.client();
  const approver = people.address("otto");
  const titles = Array.from({ length: 60 }, (_, index) => `Long list ${String(index + 1).padStart(2, "0")}`);
  for (const title of titles) await submitRequest(client, { title, approvers: [approver] });
  const page = await windowOf(rita);
  await page.goto("/?tab=mine");
  const seen: string[] = [];
  for (;;) {
    seen.push(...(await page.getByRole("link", { name: /^Long list/ }).allInnerTexts()));
    const older = page.getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) break;
    await older.click();
    await expect(page.getByRole("link", { name: "Back to the first page" })).toBeVisible();
  }
  expect(seen).toEqual([...titles].reverse());
});
