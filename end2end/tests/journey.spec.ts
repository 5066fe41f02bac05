// From an empty portal to a decision, everything by hand in the browser.

import { MailServer, about } from "../fixtures/mail";
import { Server } from "../fixtures/server.mjs";
import { until } from "../fixtures/until.mjs";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { NewAccountPage, SignInPage } from "../pages/account";
import { DecidePage } from "../pages/decide";
import { Layout } from "../pages/layout";
import { NewRequestPage } from "../pages/new_request";
import { RequestPage } from "../pages/request";

const journey = test.extend<{ start: { server: Server; mail: MailServer } }>({
  start: async ({}, use) => {
    const mail = await MailServer.start();
    const server = await Server.start({ COUNTERSIGN_SMTP_URL: mail.url });
    await use({ server, mail });
    await server.stop();
    await mail.down();
  },
});

journey("set up, invite, submit, decide by the link in the mail, see it live", async ({ start, strangersWindow, javaScriptEnabled }) => {
  const { server, mail } = start;
  const adminPage = await strangersWindow();
  await adminPage.goto(await until("the set-up link is printed", () => server.output.match(/http:\/\/\S+\/setup\?token=[\w-]+/)?.[0]));
  await new NewAccountPage(adminPage).create({ name: "Ada Root", email: "ada@journey.test", password: "a wall of old books" });
  if (adminPage.url().includes("/sign-in")) await new SignInPage(adminPage).signIn("ada@journey.test", "a wall of old books");
  await new Layout(adminPage).goTo("People");
  const invite = adminPage.getByRole("region", { name: "Invite somebody" });
  await invite.getByLabel("Mail address").fill("rita@journey.test");
  await invite.getByLabel("Name").fill("Rita Quest");
  await invite.getByRole("checkbox", { name: "Requester" }).check();
  await invite.getByRole("button", { name: "Send the invitation" }).click();
  await expect(new Layout(adminPage).row("rita@journey.test")).toContainText("Invited");

  const requesterPage = await strangersWindow();
  await requesterPage.goto((await mail.next("rita@journey.test")).link!);
  await expect(requesterPage.getByLabel("Your name")).toHaveValue("Rita Quest");
  await new NewAccountPage(requesterPage).create({ password: "a field of red poppies" });
  if (requesterPage.url().includes("/sign-in")) await new SignInPage(requesterPage).signIn("rita@journey.test", "a field of red poppies");
  await requesterPage.getByRole("link", { name: "New request", exact: true }).click();
  await new NewRequestPage(requesterPage).submit({
    title: "Lease of the new workshop",
    text: "Three years, **with** a way out after one.",
    files: [{ name: "lease.txt", mimeType: "text/plain", buffer: Buffer.from("The tenant pays on the first of the month.\n") }],
    approvers: ["otto@journey.test"],
  });
  const request = new RequestPage(requesterPage);
  await expect(request.heading).toHaveText("Lease of the new workshop");
  await request.stands("Waiting");

  const asked = await mail.next("otto@journey.test", about("Lease of the new workshop"));
  const approverPage = await strangersWindow();
  const decide = await DecidePage.open(approverPage, asked.link!);
  await expect(approverPage).toHaveURL(/\/decide\/[^/]+$/);
  await expect(decide.heading).toHaveText("Lease of the new workshop");
  await expect(approverPage.getByText("with", { exact: true })).toHaveCSS("font-weight", /[67]00/);
  await approverPage.locator("summary").filter({ hasText: "lease.txt" }).click();
  await expect(approverPage.getByText("The tenant pays on the first of the month.")).toBeVisible();
  await decide.decide("approve", "Fine with me.");
  await expect(decide.heading).toHaveText("You approved this request");
  await expect(approverPage.getByRole("region", { name: "Receipt" })).toContainText("Fine with me.");

  await showsBeforeLong(requesterPage, javaScriptEnabled, (timeout) => request.stands("Approved", timeout));
  await expect(request.events).toContainText("otto@journey.test approved");
  await expect(request.events).toContainText("Fine with me.");
  const told = await mail.next("rita@journey.test", about("Lease of the new workshop"));
  expect(told.text).toContain("approved");
});
