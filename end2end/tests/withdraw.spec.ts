// Taking a request back, and talking about one.

import { submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { RequestPage } from "../pages/request";

test("the requester withdraws: who waits is told, the link says so, and there is nothing to withdraw any more", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const guest = people.address("guest");
  const title = "Flowers for the desk";
  const path = await submitRequest(await rita.client(), { title, approvers: [otto.email, guest], rule: "all" });
  const asked = await portal.mail.next(guest, about(title));
  const approvers = await RequestPage.open(await windowOf(otto), path);
  await expect(approvers.withdrawal).toHaveCount(0);

  const request = await RequestPage.open(await windowOf(rita), path);
  await request.withdraw("We grow our own.");
  await expect(request.page.getByText("The request is withdrawn.")).toBeVisible();
  await request.stands("Withdrawn");
  await expect(request.events).toContainText("Rita withdrew the request");
  await expect(request.withdrawal).toHaveCount(0);

  for (const address of [otto.email, guest]) {
    const told = await portal.mail.next(address, (mail) => about(title)(mail) && mail.text.includes("We grow our own."));
    expect(told.text).toContain("Rita withdrew this request");
    expect(told.link).toBeNull();
  }
  const late = await DecidePage.open(await strangersWindow(), asked.link!);
  await expect(late.heading).toHaveText("This link is no longer valid");
  await expect(late.page.getByRole("main")).toContainText("The request was withdrawn");
  await showsBeforeLong(approvers.page, javaScriptEnabled, (timeout) => approvers.stands("Withdrawn", timeout));
  await expect(approvers.page.getByText("There is nothing left for you to do.")).toBeVisible();
});

test("what was decided meanwhile cannot be withdrawn, and the page says so", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const path = await submitRequest(await rita.client(), { title: "Too quick for her", approvers: [otto.email] });
  const approvers = await RequestPage.open(await windowOf(otto), path);
  await approvers.decide("approve");
  await approvers.stands("Approved");
  const answer = await (await rita.client()).post(`${path}/withdraw`, { reason: "Changed my mind" });
  expect(answer.status).toBe(409);
  expect(answer.text).toContain("The request has ended already");
});

test("comments are text in the stream, everybody sees them come, and a mention is mailed", async ({ people, portal, windowOf, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const guest = people.address("guest");
  const title = "To be talked about";
  const path = await submitRequest(await rita.client(), { title, approvers: [otto.email, guest], rule: "all" });
  const approvers = await RequestPage.open(await windowOf(otto), path);
  const request = await RequestPage.open(await windowOf(rita), path);

  await request.withoutChecks();
  await request.comment("   ");
  await request.refusedWith("Write something.");
  await request.comment(`First line\n<b>second</b>, @${otto.email} and @${guest}: https://example.org/x`);
  await expect(request.page.getByText("Your comment is added.")).toBeVisible();

  await showsBeforeLong(approvers.page, javaScriptEnabled, (timeout) => expect(approvers.events).toContainText("Rita commented", { timeout }));
  const note = approvers.events.locator("blockquote").filter({ hasText: "First line" });
  await expect(note).toContainText("<b>second</b>");
  expect(await note.innerText()).toContain("First line\n");
  await expect(note.getByRole("link")).toHaveCount(0);

  const isComment = (mail: { subject: string; text: string }) => about(title)(mail) && mail.text.includes("mentioned you");
  const told = await portal.mail.next(otto.email, isComment);
  expect(told.text).toContain("First line");
  expect(told.text).toContain(path);
  expect(told.link).toBeNull();
  const guests = await portal.mail.next(guest, isComment);
  expect(guests.text).not.toContain(path);
  expect(guests.link).toBeNull();
});
