// Policies: made in the editor, seen beforehand, chosen for a request, exported and imported.

import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { Layout } from "../pages/layout";
import { NewRequestPage } from "../pages/new_request";
import { PolicyPage } from "../pages/policy";

/** A name that no other test uses; policies are seen by everybody on one server. */
const named = (address: string) => `Policy ${address}`;

test("a policy is built stage by stage, previewed, saved and chosen for a request", async ({ people, portal, windowOf }) => {
  const [lead, board, boss] = ["lead", "board", "boss"].map((name) => people.address(name));
  const page = await windowOf(people.admin);
  await page.goto("/policies");
  await page.getByRole("link", { name: "New policy" }).click();
  const form = new PolicyPage(page);
  await form.name.fill(named(lead));
  await page.getByLabel("Title of a request").fill("Purchase by {{requester}}");
  await form.asks(1, lead);
  await form.press("Add a stage");
  await expect(form.stage(2)).toBeVisible();
  await expect(form.name, "nothing typed is lost").toHaveValue(named(lead));
  await form.asks(2, board);
  await form.stage(2).getByRole("button", { name: "Add a step" }).click();
  await form.step(2, 3, "what happens").selectOption("Also ask this address");
  await form.step(2, 3, "the address to ask").fill(boss);
  await form.step(2, 3, "how long").fill("0");
  await form.step(2, 2, "how long").fill("2");
  await form.press("Show who will be asked when");
  await expect(form.preview).toContainText(lead);
  await expect(form.preview).toContainText("Asked when stage 1 is approved, here: at its due time");
  await expect(form.preview).toContainText(`Also ask ${boss}`);
  await form.save();
  await expect(new Layout(page).notice).toContainText("The policy is saved.");
  const policy = page.url();

  const rita = await people.invite("Rita", "requester");
  const other = await windowOf(rita);
  const request = await NewRequestPage.open(other);
  await other.getByLabel("Policy").selectOption(named(lead));
  await expect(request.approver(1), "the policy says who decides").toBeHidden();
  await other.getByRole("button", { name: "Show who will be asked" }).click();
  await expect(other.getByLabel("Title")).toHaveValue("Purchase by Rita");
  await expect(other.getByText("Due").first()).toBeVisible();
  await other.getByLabel("Title").fill(`Desk ${lead}`);
  await request.send();
  await expect(request.heading).toHaveText(`Desk ${lead}`);
  expect((await portal.mail.next(lead, about(`Desk ${lead}`))).link, "the first stage is asked").toBeTruthy();

  await page.goto(policy);
  await form.archive();
  await expect(page.getByText("Nobody can choose this policy.")).toBeVisible();
});

test("everything wrong is said at its place, and nothing typed is lost", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  const form = await PolicyPage.open(page);
  await form.withoutChecks();
  await form.asks(1, "nobody");
  await form.step(1, 1, "how long").fill("9");
  await form.save();
  await form.refusedWith("Enter a name.", "“nobody” is not a mail address.", "before anybody is asked");
  await expect(form.stage(1).getByRole("textbox", { name: "People" })).toHaveValue("nobody");
  await expect(form.step(1, 1, "how long")).toHaveValue("9");
  await form.errors.getByRole("link", { name: "before anybody is asked" }).click();
  await expect(page.locator("#f-stage-0-rung-0")).toBeInViewport();
});

test("who is missing is said before anything is submitted", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita Alone", "requester");
  const page = await windowOf(people.admin);
  const form = await PolicyPage.open(page);
  await form.name.fill("A policy that nobody keeps");
  await page.getByLabel("As if this person asked").fill(rita.email);
  await form.press("Show who will be asked when");
  await form.refusedWith("Stage 1: Rita Alone has no manager.");
  await expect(form.name).toHaveValue("A policy that nobody keeps");
});

test("a policy travels as a file, and a mistake in it is found by line and column", async ({ people, windowOf }) => {
  const name = named(people.address("file"));
  const page = await windowOf(people.admin);
  const form = await PolicyPage.open(page);
  await form.name.fill(name);
  await form.save();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as TOML" }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  expect(text).toContain("[[stage]]");

  const upload = async (content: string) => {
    await page.goto("/policies/import");
    await page.getByLabel("File").setInputFiles({ name: "policy.toml", mimeType: "application/toml", buffer: Buffer.from(content) });
    await page.getByRole("button", { name: "Import the policy" }).click();
  };
  await upload(text.replace("due_in", "due_inn"));
  await form.refusedWith("Did you mean “due_in”?");
  await expect(form.errors).toContainText(/Line \d+, column \d+/);
  await upload(text.replace('"3 days"', '"4 days"'));
  await expect(page.getByText("Policy, version 2")).toBeVisible();
  await expect(form.stage(1).getByLabel("Decide within", { exact: true })).toHaveValue("4");
  await page.getByRole("link", { name: "Version 1" }).click();
  await expect(page.getByText("This is version 1.")).toBeVisible();
  await expect(form.stage(1).getByLabel("Decide within", { exact: true })).toHaveValue("3");
  await page.getByRole("link", { name: "Back to the newest one" }).click();
  await form.archive();
});

test("policies are for admins", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  expect((await page.goto("/policies"))?.status()).toBe(403);
});
