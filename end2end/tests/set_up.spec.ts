// The first admin: by the link that is printed, by the environment, by the command line.

import { Server, run } from "../fixtures/server.mjs";
import { until } from "../fixtures/until.mjs";
import { expect, test } from "../fixtures/app";
import { NewAccountPage, SignInPage } from "../pages/account";
import { Layout } from "../pages/layout";

const ana = { name: "Ana Silva", email: "ana@start.test", password: "a wall of old books" };
const linkIn = (output: string) => output.match(/http:\/\/\S+\/setup\?token=[\w-]+/)?.[0];

/** A portal without anybody in it. */
const fresh = test.extend<{ empty: Server }>({
  empty: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
});

fresh("the link that is printed at the first start makes the first admin, once", async ({ page, empty }) => {
  const link = await until("the set-up link is printed", () => linkIn(empty.output));
  await page.goto(link);
  const setUp = new NewAccountPage(page);
  await expect(setUp.heading).toContainText("first administrator");

  await setUp.create({ ...ana, password: "short" });
  await setUp.refusedWith("password");
  await expect(page.getByLabel("Your name")).toHaveValue(ana.name);
  await expect(page.getByLabel("Mail address")).toHaveValue(ana.email);

  await setUp.create({ password: ana.password });
  if (page.url().includes("/sign-in")) await new SignInPage(page).signIn(ana.email, ana.password);
  await expect(new Layout(page).navigation.getByRole("link", { name: "People" })).toBeVisible();

  await page.goto(link);
  await expect(page.getByRole("button", { name: "Create the account" })).toHaveCount(0);
});

fresh("a set-up link that was altered makes nobody", async ({ page, empty }) => {
  const link = await until("the set-up link is printed", () => linkIn(empty.output));
  const altered = link.slice(0, -4) + (link.endsWith("AAAA") ? "BBBB" : "AAAA");
  const answer = await page.goto(altered);
  expect(answer?.status()).toBeGreaterThanOrEqual(400);
  await expect(page.getByRole("button", { name: "Create the account" })).toHaveCount(0);
});

test("the environment makes the first admin, who can sign in at once", async ({ page, people }) => {
  const signIn = await SignInPage.open(page);
  await signIn.signIn(people.admin.email, people.admin.password);
  await expect(new Layout(page).navigation.getByRole("link", { name: "Instances" })).toBeVisible();
});

fresh("`admin create` makes an admin without a server", async ({ page, empty }) => {
  await empty.kill("SIGTERM");
  const made = await run(["admin", "create", "--admin-email", ana.email, "--data", empty.data], {
    COUNTERSIGN_ADMIN_PASSWORD: ana.password,
  });
  expect(made, made.output).toMatchObject({ code: 0 });
  await empty.up();
  await page.goto(`${empty.url}/sign-in`);
  await new SignInPage(page).signIn(ana.email, ana.password);
  await expect(new Layout(page).navigation.getByRole("link", { name: "People" })).toBeVisible();
});

fresh("a portal without a mail server keeps its mails, and says so to admins only", async ({ page, empty }) => {
  await page.goto(await until("the set-up link is printed", () => linkIn(empty.output)));
  await new NewAccountPage(page).create(ana);
  if (page.url().includes("/sign-in")) await new SignInPage(page).signIn(ana.email, ana.password);
  const layout = new Layout(page);

  await layout.goTo("People");
  await page.getByLabel("Mail address").fill("ben@start.test");
  await page.getByLabel("Requester").last().check();
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await layout.goTo("Outbox");
  await expect(page.getByText("No mail server is set up")).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(layout.row("ben@start.test")).toContainText("Kept here", { timeout: 500 });
  }).toPass();
  await layout.row("ben@start.test").getByRole("link").click();
  await page.getByRole("link", { name: "Open the link in this mail" }).click();
  await new NewAccountPage(page).create({ name: "Ben", password: "another wall of books" });
  await expect(page).not.toHaveURL(/invite/);
});
