// Signing in and out.

import { expect, test } from "../fixtures/app";
import { SignInPage } from "../pages/account";
import { Layout } from "../pages/layout";

test("a wrong password is refused without saying whether the address is known", async ({ page, people }) => {
  const ana = await people.invite("Ana", "requester");
  const signIn = await SignInPage.open(page);
  await signIn.signIn(ana.email, "not the password");
  await signIn.refusedWith("password");
  await expect(page.getByLabel("Mail address")).toHaveValue(ana.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  const toKnown = await signIn.errors.innerText();

  await signIn.signIn(people.address("nobody"), "not the password");
  await signIn.refusedWith("password");
  expect(await signIn.errors.innerText()).toBe(toKnown);
});

test("whoever signs in comes to the page they wanted", async ({ page, people }) => {
  const ana = await people.invite("Ana", "requester");
  await page.goto("/requests/new");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await new SignInPage(page).signIn(ana.email, ana.password);
  await expect(page).toHaveURL(/\/requests\/new$/);
});

test("signing in does not lead to other sites", async ({ page, people }) => {
  const ana = await people.invite("Ana", "requester");
  for (const next of ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await new SignInPage(page).signIn(ana.email, ana.password);
    await expect(new Layout(page).accountMenu).toBeVisible();
    expect(new URL(page.url()).hostname).toBe("127.0.0.1");
  }
});

test("after signing out the session is over, also for a copy of its cookie", async ({ people, windowOf, strangersWindow }) => {
  const ana = await people.invite("Ana", "requester");
  const page = await windowOf(ana);
  await page.goto("/");
  const copy = await strangersWindow();
  await copy.context().addCookies(await page.context().cookies());
  await copy.goto("/");
  await expect(copy.getByRole("heading", { level: 1 })).toHaveText("Inbox");

  await new Layout(page).signOut();
  await expect(page).toHaveURL(/\/sign-in/);
  await copy.goto("/");
  await expect(copy).toHaveURL(/\/sign-in/);
});

test("a disabled person is signed out and cannot sign in", async ({ page, people, windowOf }) => {
  const ben = await people.invite("Ben", "requester");
  const bens = await windowOf(ben);
  await bens.goto("/");
  const admins = await windowOf(people.admin);
  await admins.goto("/people");
  const row = new Layout(admins).row(ben.email);
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Disable" }).click();
  await expect(new Layout(admins).row(ben.email)).toContainText("Disabled");

  await bens.goto("/");
  await expect(bens).toHaveURL(/\/sign-in/);
  const signIn = await SignInPage.open(page);
  await signIn.signIn(ben.email, ben.password);
  await expect(signIn.errors).toBeVisible();
});
