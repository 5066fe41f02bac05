// Webhooks as admins manage them, and what arrives at a real receiver.

import { submitRequest } from "../fixtures/requests.mjs";
import { Receiver, isSignedWith } from "../fixtures/receiver.mjs";
import { expect, test } from "../fixtures/app";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";
import type { Page } from "@playwright/test";

let receiver: Receiver;

test.beforeEach(async () => {
  receiver = await Receiver.start();
});

test.afterEach(async () => {
  await receiver.stop();
});

/** Fills the form for a new webhook in and sends it. */
async function make(page: Page, url: string, ...events: string[]) {
  await page.goto("/webhooks");
  const form = page.getByRole("region", { name: "New webhook" });
  await form.getByLabel("Address").fill(url);
  await form.getByLabel("What it is for").fill("The ledger");
  for (const box of await form.getByRole("checkbox").all()) await box.setChecked(false);
  for (const event of events) await form.getByRole("checkbox", { name: event }).check();
  await form.getByRole("button", { name: "Make the webhook" }).click();
}

async function shownSecret(page: Page) {
  return page.getByRole("region", { name: "The secret of this webhook" }).getByLabel("Secret").inputValue();
}

async function remove(page: Page) {
  await page.locator("summary").filter({ hasText: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the webhook" }).click();
  await expect(new Layout(page).notice).toContainText("deleted");
}

async function reloadUntil(page: Page, word: string) {
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(word, { exact: true }).first()).toBeVisible({ timeout: 500 });
  }).toPass();
}

test("a new webhook shows its secret once, and a test that it signs arrives and can be redelivered", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  await make(page, receiver.url, "request.closed");
  const secret = await shownSecret(page);
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  await page.getByRole("button", { name: "Post a test" }).click();
  const message = await receiver.next("the test arrives", ({ json }) => json.type === "webhook.test");
  expect(isSignedWith(secret, message)).toBe(true);
  await reloadUntil(page, "Delivered");
  await expect(page.getByRole("region", { name: "Answer", exact: true })).toContainText("noted");
  expect(page.url()).toContain(message.headers["webhook-id"]);

  await page.getByRole("button", { name: "Redeliver" }).click();
  const again = await receiver.next("it arrives again", ({ json }) => json.id === message.json.id, 2);
  expect(again.headers["webhook-id"]).toBe(message.headers["webhook-id"]);
  expect(again.body).toBe(message.body);

  await page.getByRole("link", { name: "The ledger" }).click();
  expect(await page.content()).not.toContain("whsec_");
  await expect(page.getByRole("region", { name: "Deliveries" })).toContainText("webhook.test");
  await remove(page);
});

test("a webhook hears what happens to a request, and nothing of its document", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const page = await windowOf(people.admin);
  await make(page, receiver.url, "request.submitted");
  const secret = await shownSecret(page);
  const title = `Lease ${people.address("otto")}`;
  await submitRequest(await rita.client(), { title, text: "Nobody else may read this.", approvers: [people.address("otto")] });
  const message = await receiver.next("it is told", ({ json }) => json.data.request?.title === title);
  expect(message.json.type).toBe("request.submitted");
  expect(message.json.data.request.url).toContain(`/requests/${message.json.data.request.id}`);
  expect(message.body).not.toContain("Nobody else");
  expect(isSignedWith(secret, message)).toBe(true);
  await page.goto("/webhooks");
  await new Layout(page).row(receiver.url).getByRole("link").click();
  await remove(page);
});

test("what the receiver refused says so and is tried again under the same id", async ({ people, windowOf }) => {
  receiver.answers = [500];
  const page = await windowOf(people.admin);
  await make(page, receiver.url, "request.closed");
  const address = page.getByRole("region", { name: "About" });
  await expect(address).toContainText(receiver.url);
  await page.getByRole("button", { name: "Post a test" }).click();
  await reloadUntil(page, "The receiver answered 500.");
  await reloadUntil(page, "Delivered");
  expect(new Set(receiver.messages.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(receiver.messages.length).toBe(2);
  await page.getByRole("link", { name: "The ledger" }).click();
  await remove(page);
});

test("while the receiver changes over, both secrets sign", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  await make(page, receiver.url, "request.closed");
  const old = await shownSecret(page);
  await page.locator("summary").filter({ hasText: "Replace the secret" }).click();
  await page.getByRole("button", { name: "Make a new secret" }).click();
  const fresh = await shownSecret(page);
  expect(fresh).not.toBe(old);
  await page.getByRole("button", { name: "Post a test" }).click();
  const message = await receiver.next("the test arrives", () => true);
  expect([isSignedWith(old, message), isSignedWith(fresh, message)]).toEqual([true, true]);
  await page.getByRole("link", { name: "The ledger" }).click();
  await remove(page);
});

test("a form that is not right comes back as it was typed", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  const form = new FormPage(page);
  await make(page, "http://10.0.0.1/inside", "request.closed");
  await form.refusedWith("not public");
  await expect(page.getByLabel("Address")).toHaveValue("http://10.0.0.1/inside");
  await expect(page.getByLabel("What it is for")).toHaveValue("The ledger");
  await expect(page.getByRole("checkbox", { name: "request.closed" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "request.submitted" })).not.toBeChecked();
  await make(page, receiver.url);
  await form.refusedWith("at least one event");
});

test("webhooks are for admins", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const page = await windowOf(rita);
  expect((await page.goto("/webhooks"))?.status()).toBe(403);
  await page.goto("/");
  await new Layout(page).accountMenu.click();
  await expect(page.getByRole("navigation", { name: "Developer" }).getByRole("link", { name: "Webhooks" })).toHaveCount(0);
});
