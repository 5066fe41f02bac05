// Being away: planning, the substitute who is asked instead, and the desks that admins see.

import { submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

const today = () => new Date().toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test("what waits for somebody moves to their substitute when they go away, and so does what comes next", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const ben = await people.invite("Ben Away", "approver");
  const cleo = await people.invite("Cleo Stays", "approver");
  const open = "Already on the desk";
  await submitRequest(await rita.client(), { title: open, approvers: [ben.email] });
  await portal.mail.next(ben.email, about(open));

  const page = await windowOf(ben);
  await page.goto("/");
  const layout = new Layout(page);
  await layout.accountMenu.click();
  await page.getByRole("link", { name: "Absence", exact: true }).click();
  const plan = page.getByRole("region", { name: "Plan an absence" });
  await plan.getByLabel("First day").fill(today());
  await plan.getByLabel("Last day").fill(inDays(7));
  await plan.getByLabel("Substitute").fill(cleo.email);
  await plan.getByLabel("Note").fill("Sailing");
  await plan.getByRole("button", { name: "Plan the absence" }).click();
  await expect(layout.notice).toContainText("The absence is planned.");
  await expect(layout.row("Sailing")).toContainText("Cleo Stays");
  await expect(page.getByText("New questions go to Cleo Stays.")).toBeVisible();

  expect((await portal.mail.next(cleo.email, about(open))).link).not.toBeNull();
  const next = "Comes during the absence";
  await submitRequest(await rita.client(), { title: next, approvers: [ben.email] });
  expect((await portal.mail.next(cleo.email, about(next))).link).not.toBeNull();

  await page.reload();
  await expect(page.getByText("One open question was handed over")).toBeVisible();
  await layout.row("Sailing").getByRole("button", { name: "End now" }).click();
  await expect(layout.notice).toContainText("The absence is cancelled.");
  await expect(page.getByText("No absence is planned")).toBeVisible();
  const after = "Comes after the absence";
  await submitRequest(await rita.client(), { title: after, approvers: [ben.email] });
  expect((await portal.mail.next(ben.email, about(after))).link).not.toBeNull();
});

test("an absence that is not right comes back as it was typed, and a second one may not overlap", async ({ people, windowOf }) => {
  const ben = await people.invite("Ben Away", "approver");
  const page = await windowOf(ben);
  await page.goto("/absence");
  const form = new FormPage(page);
  const plan = page.getByRole("region", { name: "Plan an absence" });
  const send = async (from: string, to: string, substitute: string) => {
    await form.withoutChecks();
    await plan.getByLabel("First day").fill(from);
    await plan.getByLabel("Last day").fill(to);
    await plan.getByLabel("Substitute").fill(substitute);
    await plan.getByRole("button", { name: "Plan the absence" }).click();
  };
  await send(inDays(9), inDays(8), ben.email);
  await form.refusedWith("must not come before the first one");
  await expect(plan.getByLabel("Substitute")).toHaveValue(ben.email);
  await send(inDays(8), inDays(9), ben.email);
  await form.refusedWith("Nobody stands in for themself");
  await send(inDays(8), inDays(9), "");
  await expect(new Layout(page).notice).toContainText("The absence is planned.");
  await send(inDays(9), "", "");
  await form.refusedWith("overlaps with another absence");
});

test("an absence says which question its substitute cannot take, and why", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita Asks", "requester");
  const ben = await people.invite("Ben Away", "approver");
  const open = "Stays on the desk";
  await submitRequest(await rita.client(), { title: open, approvers: [ben.email] });
  await portal.mail.next(ben.email, about(open));
  const page = await windowOf(ben);
  await page.goto("/absence");
  const plan = page.getByRole("region", { name: "Plan an absence" });
  await plan.getByLabel("First day").fill(inDays(3));
  await plan.getByLabel("Substitute").fill(rita.email);
  await plan.getByLabel("Note").fill("Sailing");
  await plan.getByRole("button", { name: "Plan the absence" }).click();
  const why = `“${open}” stays with you, because Rita Asks is the requester.`;
  await expect(new Layout(page).row("Sailing")).toContainText(why);
});

test("an admin plans for others, names a backup, and sees whose desk is full", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const ben = await people.invite("Ben Away", "approver");
  const cleo = await people.invite("Cleo Stays", "approver");
  await submitRequest(await rita.client(), { title: "One for the desk", approvers: [cleo.email] });
  const page = await windowOf(people.admin);
  await page.goto("/people");
  const row = new Layout(page).row(ben.email);
  await row.locator("summary").click();
  await row.getByRole("link", { name: "Absence of Ben Away" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Absence of Ben Away");
  const backup = page.getByRole("region", { name: "Backup" });
  await backup.getByLabel("Backup").fill(cleo.email);
  await backup.getByRole("button", { name: "Save the backup" }).click();
  await expect(new Layout(page).notice).toContainText("The backup is saved.");
  await expect(backup.getByLabel("Backup")).toHaveValue(cleo.email);
  await expect(backup.getByText("Set by ")).toBeVisible();
  const plan = page.getByRole("region", { name: "Plan an absence" });
  await plan.getByLabel("First day").fill(today());
  await plan.getByRole("button", { name: "Plan the absence" }).click();
  await expect(page.getByText("New questions go to Cleo Stays.")).toBeVisible();

  await page.goto("/people");
  await expect(new Layout(page).row(ben.email)).toContainText("Absent, Cleo Stays stands in");
  await page.getByRole("link", { name: "Workload" }).click();
  await expect(page.getByRole("row", { name: /Cleo Stays/ }).first()).toBeVisible();

  const bens = await windowOf(ben);
  expect((await bens.goto("/workload"))?.status()).toBe(403);
});
