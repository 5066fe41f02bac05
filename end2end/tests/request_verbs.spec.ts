// What people do to a request beside deciding on it: change it, remind, ask others, let others see it, decide over heads.

import { submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { RequestPage } from "../pages/request";
import { RevisePage } from "../pages/revise";

test("changes are asked for, another revision answers them, and the link of the one before is dead", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const guest = people.address("guest");
  const title = "Paint for the stairs";
  const files = [new File(["Ten litres.\n"], "old.txt", { type: "text/plain" }), new File(["A plan.\n"], "plan.txt", { type: "text/plain" })];
  const path = await submitRequest(await rita.client(), { title, approvers: [guest], files });
  const request = await RequestPage.open(await windowOf(rita), path);
  await expect(request.reviseLink).toBeVisible();
  const first = (await portal.mail.next(guest, about(title))).link!;
  const question = await DecidePage.open(await strangersWindow(), first);
  await question.decide("request changes", "Which colour?");
  await expect(question.heading).toHaveText("You asked for changes to this request");

  await showsBeforeLong(request.page, javaScriptEnabled, (timeout) => expect(request.next).toContainText("Which colour?", { timeout }));
  await request.stands("Changes requested");
  await expect(request.next).toContainText(`${guest} asked for changes`);
  await request.reviseLink.click();
  const form = new RevisePage(request.page);
  await expect(form.heading).toHaveText("Revision 2");
  await expect(form.page.getByRole("checkbox", { name: /plan\.txt/ })).toBeChecked();
  await form.withoutChecks();
  await form.submit({ title: " ", note: "White.", drop: ["old.txt"], files: [{ name: "new.txt", mimeType: "text/plain", buffer: Buffer.from("Twelve litres.") }] });
  await form.refusedWith("Enter a title.");
  await expect(form.page.getByLabel("Note")).toHaveValue("White.");
  await expect(form.page.getByRole("checkbox", { name: /old\.txt/ })).not.toBeChecked();
  await expect(form.page.getByRole("checkbox", { name: /new\.txt/ })).toBeChecked();
  await form.submit({ title: `${title}, white` });

  await expect(request.page.getByText("The new revision is submitted.")).toBeVisible();
  await expect(request.heading).toHaveText(`${title}, white`);
  await request.stands("Waiting");
  await expect(request.page.getByRole("link", { name: /Download new\.txt/ })).toBeVisible();
  await expect(request.page.getByRole("link", { name: /Download old\.txt/ })).toHaveCount(0);
  await expect(request.events).toContainText("White.");
  await expect(request.changes).toHaveText("Changes since r1");
  await expect(request.status.getByRole("link", { name: "Revision 2" })).toHaveAttribute("href", `${path}/revisions`);

  const second = (await portal.mail.next(guest, about(`${title}, white`))).link!;
  const late = await DecidePage.open(await strangersWindow(), first);
  await expect(late.heading).toHaveText("This link is no longer valid");
  const again = await DecidePage.open(await strangersWindow(), second);
  await again.decide("approve");
  await showsBeforeLong(request.page, javaScriptEnabled, (timeout) => request.stands("Approved", timeout));
  await expect(request.reviseLink).toHaveCount(0);
});

test("whoever is asked passes their question on, an admin does it for others, and both hear of it", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const [guest, nina, olga] = ["guest", "nina", "olga"].map((name) => people.address(name));
  const title = "A question that travels";
  const path = await submitRequest(await rita.client(), { title, approvers: [otto.email, guest], rule: "all" });
  const old = (await portal.mail.next(guest, about(title))).link!;

  const approvers = await RequestPage.open(await windowOf(otto), path);
  await approvers.withoutChecks();
  await approvers.passOn("nobody", "");
  await approvers.refusedWith("address");
  const open = approvers.verb("Pass on to somebody else");
  await expect(open.getByLabel("Address of whoever is asked instead")).toHaveValue("nobody");
  await open.getByLabel("Address of whoever is asked instead").fill(nina);
  await open.getByRole("button", { name: "Pass on" }).click();
  await expect(approvers.page.getByText("The question is passed on.")).toBeVisible();
  await expect(approvers.page.getByText("Somebody else is asked in your place.")).toBeVisible();
  await expect(approvers.person(nina)).toContainText("for Otto Prove, who passed it on");
  const ninas = await DecidePage.open(await strangersWindow(), (await portal.mail.next(nina, about(title))).link!);
  await ninas.decide("approve");

  const admin = await RequestPage.open(await windowOf(people.admin), path);
  await admin.passOn(olga, "On leave until May", guest);
  await expect(admin.page.getByText("The question is passed on.")).toBeVisible();
  const told = await portal.mail.next(guest, (mail) => about(title)(mail) && mail.text.includes("On leave until May"));
  expect(told.link).toBeNull();
  const late = await DecidePage.open(await strangersWindow(), old);
  await expect(late.page.getByRole("main")).toContainText("Somebody else is asked in your place.");
  const olgas = await DecidePage.open(await strangersWindow(), (await portal.mail.next(olga, about(title))).link!);
  await olgas.decide("approve");
  await expect(olgas.heading).toHaveText("You approved this request");
});

test("the requester reminds, and asks one more person", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const [guest, nina] = ["guest", "nina"].map((name) => people.address(name));
  const title = "Still waiting";
  const path = await submitRequest(await rita.client(), { title, approvers: [guest] });
  const first = await portal.mail.next(guest, about(title));
  const request = await RequestPage.open(await windowOf(rita), path);
  await request.remindButton.click();
  await expect(request.page.getByText("A reminder is on its way")).toBeVisible();
  await expect(request.remindButton).toHaveCount(0);
  const reminder = await portal.mail.next(guest, (mail) => about(title)(mail) && mail.text.includes("Reminder"));
  expect(reminder.link).toBe(first.link);

  await request.withoutChecks();
  await request.addApprover(guest);
  await request.refusedWith("asked already");
  const open = request.verb("Add an approver");
  await open.getByLabel("Address of the approver").fill(nina);
  await open.getByRole("button", { name: "Ask" }).click();
  await expect(request.page.getByText("One more person is asked, by mail")).toBeVisible();
  await expect(request.person(nina)).toContainText("Added");
  expect((await portal.mail.next(nina, about(title))).link).not.toBeNull();
});

test("an observer sees the request, decides nothing, and can be taken off", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const nina = await people.invite("Nina", "approver");
  const title = "To be looked at";
  const path = await submitRequest(await rita.client(), { title, approvers: [people.address("guest")] });
  const page = await windowOf(nina);
  expect((await page.goto(path))?.status()).toBe(404);

  const request = await RequestPage.open(await windowOf(rita), path);
  await request.letObserve(nina.email);
  await expect(request.observers).toContainText("Nina");
  await portal.mail.next(nina.email, about(title));
  const observer = await RequestPage.open(page, path);
  await expect(observer.heading).toHaveText(title);
  await expect(observer.sendButton).toHaveCount(0);
  await expect(observer.verb("Add an approver")).toHaveCount(0);
  await request.observers.getByRole("button", { name: "Take off Nina" }).click();
  await expect(request.page.getByText("They do not observe the request any more.")).toBeVisible();
  await expect(request.observers).toHaveCount(0);
  expect((await page.goto(path))?.status()).toBe(404);
});

test("an admin decides over everybody's head, and whoever was asked is told by whom and why", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const guest = people.address("guest");
  const title = "Long overdue";
  const path = await submitRequest(await rita.client(), { title, approvers: [guest] });
  const asked = await portal.mail.next(guest, about(title));
  const request = await RequestPage.open(await windowOf(rita), path);
  await expect(request.verb("Decide over everybody")).toHaveCount(0);
  const admin = await RequestPage.open(await windowOf(people.admin), path);
  await admin.withoutChecks();
  await admin.overrule("Approve", "  ");
  await admin.refusedWith("Enter a reason.");
  const open = admin.verb("Decide over everybody");
  await expect(open.getByRole("radio", { name: "Approve" })).toBeChecked();
  await open.getByLabel("Why").fill("The board has decided.");
  await open.getByRole("button", { name: "Decide" }).click();
  await expect(admin.page.getByText("The request is decided.")).toBeVisible();
  await admin.stands("Approved");
  await showsBeforeLong(request.page, javaScriptEnabled, (timeout) => request.stands("Approved", timeout));
  await expect(request.events).toContainText("over the heads of those asked");
  await portal.mail.next(guest, (mail) => about(title)(mail) && mail.text.includes("The board has decided."));
  const late = await DecidePage.open(await strangersWindow(), asked.link!);
  await expect(late.heading).toHaveText("Already approved");
});
