// People and invitations, for admins.

import { expect, test } from "../fixtures/app";
import { Client } from "../fixtures/client.mjs";
import { NewAccountPage, SignInPage } from "../pages/account";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

test("an invitation that is not right comes back as it was typed", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  await page.goto("/people");
  const form = new FormPage(page);
  await form.withoutChecks();
  const invite = page.getByRole("region", { name: "Invite somebody" });
  await invite.getByLabel("Mail address").fill("no address");
  await invite.getByLabel("Name").fill("Nora");
  await invite.getByRole("checkbox", { name: "Approver" }).check();
  await invite.getByRole("button", { name: "Send the invitation" }).click();
  await form.refusedWith("mail address");
  await expect(invite.getByLabel("Mail address")).toHaveValue("no address");
  await expect(invite.getByLabel("Name")).toHaveValue("Nora");
  await expect(invite.getByRole("checkbox", { name: "Approver" })).toBeChecked();
});

test("an invitation works once, and only the newest one", async ({ people, portal, windowOf, strangersWindow }) => {
  const address = people.address("nora");
  const admin = await people.admin.client();
  await admin.post("/people/invite", { email: address, name: "Nora", role: "requester" });
  const first = await portal.mail.next(address);
  const page = await windowOf(people.admin);
  await page.goto("/people");
  const row = new Layout(page).row(address);
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Send an invitation" }).click();
  const second = await portal.mail.next(address, () => true, 2);
  expect(second.link).not.toBe(first.link);

  const guest = await strangersWindow();
  await guest.goto(first.link!);
  await expect(guest.getByRole("button", { name: "Create my account" })).toHaveCount(0);
  await guest.goto(second.link!);
  const accept = new NewAccountPage(guest);
  await accept.create({ name: "Nora Bell", password: "short" });
  await accept.refusedWith("password");
  await expect(guest.getByLabel("Your name")).toHaveValue("Nora Bell");
  await accept.create({ password: "seven small stones" });
  if (guest.url().includes("/sign-in")) await new SignInPage(guest).signIn(address, "seven small stones");
  await expect(new Layout(guest).accountMenu).toBeVisible();

  const late = await strangersWindow();
  await late.goto(second.link!);
  await expect(late.getByRole("button", { name: "Create my account" })).toHaveCount(0);
  await page.reload();
  await expect(new Layout(page).row(address)).toContainText("Active");
});

test("roles decide what somebody sees", async ({ people, windowOf }) => {
  const otto = await people.invite("Otto", "approver");
  const page = await windowOf(otto);
  await page.goto("/");
  const layout = new Layout(page);
  await expect(page.getByRole("link", { name: "New request", exact: true })).toHaveCount(0);
  await expect(layout.navigation.getByRole("link", { name: "People" })).toHaveCount(0);
  for (const path of ["/people", "/outbox", "/audit", "/entities", "/workflows", "/requests/new"]) {
    expect((await page.goto(path))?.status(), path).toBe(403);
  }

  const admins = await windowOf(people.admin);
  await admins.goto("/people");
  const row = new Layout(admins).row(otto.email);
  await row.locator("summary").click();
  await row.getByRole("checkbox", { name: "Requester" }).check();
  await row.getByRole("button", { name: "Save roles" }).click();
  await expect(new Layout(admins).row(otto.email)).toContainText("Requester, Approver");
  const again = await windowOf(otto);
  await (await new Client(people.admin.url).signIn(otto)).get("/");
  await again.goto("/");
  if (again.url().includes("/sign-in")) await new SignInPage(again).signIn(otto.email, otto.password);
  await expect(again.getByRole("link", { name: "New request", exact: true })).toBeVisible();
});
