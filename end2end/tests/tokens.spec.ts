// API tokens: made in the portal, shown once, used by programs, closed.

import { expect, test } from "../fixtures/app";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

/** What the API answers to a program with this token. */
async function call(base: string, token: string) {
  return fetch(`${base}/runtime/webhooks/durabletask/instances`, { headers: { authorization: `Bearer ${token}` } });
}

test("a token is shown once, works within its scopes, and not after it was revoked", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const page = await windowOf(rita);
  await page.goto("/");
  const layout = new Layout(page);
  await layout.develop("API tokens");
  await expect(page.getByText("There are no tokens yet")).toBeVisible();

  const form = page.getByRole("region", { name: "New token" });
  await form.getByRole("textbox", { name: "Name" }).fill("Build server");
  await form.getByRole("checkbox", { name: /^instances:read/ }).check();
  await form.getByRole("radio", { name: "30 days" }).check();
  await form.getByRole("button", { name: "Make the token" }).click();
  const shown = page.getByRole("textbox", { name: "Token", exact: true });
  await expect(shown).toHaveValue(/^cst_[\w-]{43}$/);
  const token = await shown.inputValue();
  expect(new URL(page.url()).search, "no secret travels in an address").toBe("");

  expect((await call(portal.url, token)).status).toBe(200);
  const start = await fetch(`${portal.url}/runtime/webhooks/durabletask/orchestrators/Nothing`, {
    method: "POST", headers: { "x-functions-key": token, "content-type": "application/json" }, body: "{}",
  });
  expect(start.status, "the scope instances:start was not ticked").toBe(403);
  expect(await start.text()).toContain("instances:start");

  await page.goto("/tokens");
  expect(await page.content()).not.toContain(token);
  const row = layout.row("Build server");
  await expect(row).toContainText("Works");
  await row.getByRole("button", { name: "Revoke" }).click();
  await expect(layout.notice).toContainText("The token does not work any more.");
  await expect(row).toContainText("Revoked");
  expect((await call(portal.url, token)).status).toBe(401);
});

test("a form that is not right comes back as it was typed", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/tokens");
  const form = new FormPage(page);
  await form.withoutChecks();
  await page.getByRole("textbox", { name: "Name" }).fill("Build server");
  await page.getByRole("radio", { name: "7 days" }).check();
  await page.getByRole("button", { name: "Make the token" }).click();
  await form.refusedWith("Choose at least one thing");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Build server");
  await expect(page.getByRole("radio", { name: "7 days" })).toBeChecked();
  await expect(page.getByRole("radio", { name: "Never" }), "that is for administrators").toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: /^people:read/ }), "and so is that").toHaveCount(0);
});

test("an admin sees and closes everybody's tokens", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const name = `Nightly of ${rita.email}`;
  const made = await (await rita.client()).post("/tokens", { name, scope: "instances:read", expires: "7" });
  const token = made.text.match(/cst_[\w-]{43}/)![0];
  const page = await windowOf(people.admin);
  await page.goto("/tokens");
  await page.getByRole("navigation", { name: "Whose tokens" }).getByRole("link", { name: /Everybody/ }).click();
  const row = new Layout(page).row(name);
  await expect(row).toContainText("Rita");
  await row.getByRole("button", { name: "Revoke" }).click();
  expect((await call(portal.url, token)).status).toBe(401);
});

test("the navigation and the account menu fit on a phone", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  const layout = new Layout(page);
  for (const entry of ["Inbox", "Workflows", "Monitors", "Instances", "People", "Outbox"]) {
    const link = layout.navigation.getByRole("link", { name: entry });
    // One row that can be moved sideways.
    await link.scrollIntoViewIfNeeded();
    await expect(link).toBeInViewport({ ratio: 1 });
  }
  await layout.accountMenu.click();
  for (const entry of ["API tokens", "Webhooks", "API reference"]) {
    await expect(page.getByRole("link", { name: entry })).toBeInViewport({ ratio: 1 });
  }
  await expect(layout.signOutButton).toBeInViewport({ ratio: 1 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider).toBeLessThanOrEqual(0);
});
