// Mails as admins see them.

import { submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { Layout } from "../pages/layout";

test("a test mail arrives", async ({ people, portal, windowOf }) => {
  const page = await windowOf(people.admin);
  await page.goto("/outbox");
  const before = portal.mail.to(people.admin.email).length;
  await page.getByRole("button", { name: "Send me a test mail" }).click();
  const mail = await portal.mail.next(people.admin.email, () => true, before + 1);
  expect(mail.subject).toContain("Test mail");
});

test("a sent mail is listed without its link, and its message id is the one that arrived", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "Listed", approvers: [otto] });
  const mail = await portal.mail.next(otto, about("Listed"));
  const page = await windowOf(people.admin);
  await page.goto("/outbox?state=sent");
  const row = new Layout(page).row(otto);
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText("Sent", { timeout: 500 });
  }).toPass();
  await row.getByRole("link").click();
  await expect(page.getByRole("region", { name: "Envelope" })).toContainText(mail.messageId);
  expect(await page.content()).not.toContain("csn_");
});

test("a refused mail shows the server's own sentence, and can be tried again with the same message id", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  portal.mail.refused.set(otto, "550 No such mailbox, ask the postmaster");
  await submitRequest(await rita.client(), { title: "Refused", approvers: [otto] });
  const page = await windowOf(people.admin);
  await page.goto("/outbox");
  const row = new Layout(page).row(otto);
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText("Failed", { timeout: 500 });
  }).toPass();
  await expect(row).toContainText("No such mailbox, ask the postmaster");
  await row.getByRole("link").click();
  const promised = await page.getByText(/^<mail-.*>$/).innerText();
  portal.mail.refused.delete(otto);
  await page.getByRole("button", { name: "Try again now" }).click();
  expect((await portal.mail.next(otto, about("Refused"))).messageId).toBe(promised);
});
