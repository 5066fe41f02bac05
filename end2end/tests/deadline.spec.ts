// Nobody decides in time: reminder, escalation, final rule. Times are short because a form may ask for "0.1 minutes".

import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { NewRequestPage, type Wish } from "../pages/new_request";
import { RequestPage } from "../pages/request";

const ladder: Wish = { within: "0.1 minutes", remind: "0.05 minutes", escalateFor: "0.1 minutes" };

test("a request reminds, escalates, and ends by rule", async ({ people, portal, windowOf, javaScriptEnabled, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const [otto, eva] = [people.address("otto"), people.address("eva")];
  const page = await windowOf(rita);
  const title = "Nobody answers";
  await (await NewRequestPage.open(page)).submit({ ...ladder, title, approvers: [otto], escalateTo: eva, inTheEnd: "Reject" });
  const request = new RequestPage(page);
  await expect(request.heading).toHaveText(title);

  const asked = await portal.mail.next(otto, about(title));
  const reminder = await portal.mail.next(otto, about(title), 2);
  expect(reminder.subject).toBe(asked.subject);
  expect(reminder.messageId).not.toBe(asked.messageId);
  const escalated = await portal.mail.next(eva, about(title));
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => expect(request.person(eva)).toContainText("decides alone", { timeout }));
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => request.stands("Rejected", timeout));
  for (const said of [`${otto} was reminded`, `escalated to ${eva}`, "rejected automatically, by rule"]) await expect(request.events).toContainText(said);
  await expect(request.person(otto)).toContainText("Reminded once");

  const told = await portal.mail.next(rita.email, (mail) => about(title)(mail) && mail.text.includes("automatic"));
  expect(told.text).toContain("rejected");
  const late = await DecidePage.open(await strangersWindow(), escalated.link!);
  await expect(late.heading).toHaveText("Already rejected");
  await expect(late.page.getByRole("main")).toContainText("decided automatically, by rule");
});

test("after the escalation one person decides alone", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const [ana, ben, eva] = [people.address("ana"), people.address("ben"), people.address("eva")];
  const page = await windowOf(rita);
  const title = "Asked upwards";
  await (await NewRequestPage.open(page)).submit({ ...ladder, title, remind: "", approvers: [ana, ben], rule: "All of them", escalateTo: eva, escalateFor: "1 days" });
  const request = new RequestPage(page);
  await expect(request.heading).toHaveText(title);
  const mail = await portal.mail.next(eva, about(title));
  const decide = await DecidePage.open(await strangersWindow(), mail.link!);
  await expect(decide.page.getByRole("main")).toContainText("Your answer decides alone.");
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => request.stands("Escalated", timeout));
  await decide.decide("approve");
  await expect(decide.heading).toHaveText("You approved this request");
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => request.stands("Approved", timeout));
  await expect(request.person(ana)).toContainText("Not needed");
});

for (const [inTheEnd, state, page] of [["Approve", "Approved", "Already approved"], ["Let it expire", "Expired", "This request has expired"]] as const) {
  test(`without an escalation the final rule is "${inTheEnd}"`, async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
    const rita = await people.invite("Rita", "requester");
    const otto = people.address("otto");
    const title = `In the end ${state}`;
    const window = await windowOf(rita);
    await (await NewRequestPage.open(window)).submit({ title, approvers: [otto], within: "0.05 minutes", remind: "", inTheEnd });
    const request = new RequestPage(window);
    await expect(request.heading).toHaveText(title);
    await showsBeforeLong(window, javaScriptEnabled, (timeout) => request.stands(state, timeout));
    const late = await DecidePage.open(await strangersWindow(), (await portal.mail.next(otto, about(title))).link!);
    await expect(late.heading).toHaveText(page);
  });
}
