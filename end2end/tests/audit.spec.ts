// The audit log as admins read it.

import { expect, test } from "../fixtures/app";
import { submitRequest } from "../fixtures/requests.mjs";
import { Layout } from "../pages/layout";

test("what somebody did is found by their address, and a row leads to what else was done to its object", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  await submitRequest(await rita.client(), { title: "Audited", approvers: [people.address("otto")] });
  const page = await windowOf(people.admin);
  await page.goto("/");
  const layout = new Layout(page);
  await layout.administer("Audit log");
  await expect(page.getByRole("heading", { level: 1, name: "Audit log" })).toBeVisible();

  const search = page.getByRole("search", { name: "Audit log" });
  await search.getByLabel("Who: address or id").fill(rita.email);
  await search.getByLabel("What", { exact: true }).fill("request");
  await search.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/action=request/);
  const row = layout.row("request.submitted");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(rita.email);

  const object = row.getByRole("link").last();
  const id = await object.innerText();
  await object.click();
  await expect(page).toHaveURL(new RegExp(`/audit\\?object=${id}$`));
  await expect(layout.row("request.submitted")).toHaveCount(1);
  await expect(layout.row("user.invited")).toHaveCount(0);

  const hers = await windowOf(rita);
  expect((await hers.goto("/audit"))?.status()).toBe(403);
});
