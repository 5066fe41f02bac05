// What everybody sets for themselves: name, language, time zone, password, and where they are signed in.

import { expect, test } from "../fixtures/app";
import { Client } from "../fixtures/client.mjs";
import { SignInPage } from "../pages/account";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

test("whoever says where they are reads times as their clocks show them", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/");
  const layout = new Layout(page);
  await layout.own("Settings");
  const you = page.getByRole("region", { name: "You", exact: true });
  await expect(you.getByRole("combobox", { name: "Time zone" })).toHaveValue("UTC");
  await you.getByLabel("Your name").fill("Rita Quest");
  await you.getByLabel("Language").selectOption("Deutsch");
  await you.getByRole("combobox", { name: "Time zone" }).fill("Asia/Tokyo");
  await you.getByRole("checkbox", { name: /One mail a day/ }).check();
  await you.getByRole("button", { name: "Save" }).click();
  await expect(layout.notice).toContainText("Your settings are saved.");
  await expect(you.getByLabel("Your name")).toHaveValue("Rita Quest");
  await expect(you.getByLabel("Language")).toHaveValue("de");
  await expect(you.getByRole("checkbox", { name: /One mail a day/ })).toBeChecked();
  await expect(page.getByText(/It is .* JST there\./)).toBeVisible();
  const session = layout.row("This one");
  await expect(session.locator("time").nth(1)).toHaveText(/ JST$/);
  await expect(session.locator("time").first()).toHaveAttribute("title", / JST \(/);
});

test("settings that are none come back as they were typed", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/settings");
  const form = new FormPage(page);
  await form.withoutChecks();
  await page.getByLabel("Your name").fill("");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Mars/Base");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await form.refusedWith("Enter a name.", "There is no such time zone.");
  await expect(page.getByRole("combobox", { name: "Time zone" })).toHaveValue("Mars/Base");
});

test("a new password ends every other session", async ({ people, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const elsewhere = await new Client(rita.url).signIn(rita);
  const page = await windowOf(rita);
  await page.goto("/settings");
  const form = new FormPage(page);
  const password = page.getByRole("region", { name: "Password" });
  const change = async (present: string, next: string) => {
    await password.getByLabel("Present password").fill(present);
    await password.getByLabel("New password").fill(next);
    await password.getByRole("button", { name: "Change the password" }).click();
  };
  await change("not the present one", "seven small stones");
  await form.refusedWith("This is not your present password.");
  await expect(password.getByLabel("New password")).toHaveValue("");
  await change(rita.password, "seven small stones");
  await expect(new Layout(page).notice).toContainText("Your password is changed.");
  expect((await elsewhere.get("/")).status, "that session has ended").toBe(303);

  const window = await strangersWindow();
  await window.goto("/sign-in");
  await new SignInPage(window).signIn(rita.email, "seven small stones");
  await expect(new Layout(window).accountMenu).toBeVisible();
});

test("whoever forgot to sign out somewhere signs out everywhere else", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const elsewhere = await new Client(rita.url).signIn(rita);
  const page = await windowOf(rita);
  await page.goto("/settings");
  const layout = new Layout(page);
  await expect(layout.row("Another one")).not.toHaveCount(0);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(layout.notice).toContainText("You are signed out everywhere else.");
  await expect(layout.row("Another one")).toHaveCount(0);
  expect((await elsewhere.get("/")).status).toBe(303);
});
