// Deciding: by the link in a mail, and signed in.

import { submitRequest, idOf } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { InstancePage } from "../pages/instance";
import { RequestPage } from "../pages/request";

test("rejecting needs a reason, and everybody reads it", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const path = await submitRequest(await rita.client(), { title: "A third printer", approvers: [otto] });
  const requesters = await RequestPage.open(await windowOf(rita), path);
  const page = await strangersWindow();
  const decide = await DecidePage.open(page, (await portal.mail.next(otto, about("A third printer"))).link!);

  await decide.withoutChecks();
  await decide.decide("reject", "   ");
  await decide.refusedWith("Say why you reject it.");
  await expect(decide.reject).toBeChecked();
  await decide.decide("reject", "We have\ntwo <already>.");
  await expect(decide.heading).toHaveText("You rejected this request");

  await showsBeforeLong(requesters.page, javaScriptEnabled, (timeout) => requesters.stands("Rejected", timeout));
  await expect(requesters.person(otto)).toContainText("two <already>.");
  const told = await portal.mail.next(rita.email, about("A third printer"));
  expect(told.text).toContain("rejected");
  expect(told.text).toContain("two <already>.");
});

test("nothing is chosen beforehand, and nothing is decided without a choice", async ({ people, portal, page }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const path = await submitRequest(await rita.client(), { title: "No default", approvers: [otto] });
  const decide = await DecidePage.open(page, (await portal.mail.next(otto, about("No default"))).link!);
  await expect(decide.approve).not.toBeChecked();
  await expect(decide.reject).not.toBeChecked();
  await decide.withoutChecks();
  await decide.reason.fill("I only write this");
  await decide.sendButton.click();
  await decide.refusedWith("Choose whether you approve or reject.");
  await expect(decide.reason).toHaveValue("I only write this");
  expect((await (await rita.client()).get(path)).text).toContain("Waiting");
});

test("the link shows the receipt for ever, and a second answer changes nothing", async ({ people, portal, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "Once only", approvers: [otto] });
  const link = (await portal.mail.next(otto, about("Once only"))).link!;
  const [first, second] = [await DecidePage.open(await strangersWindow(), link), await DecidePage.open(await strangersWindow(), link)];
  await second.choose("reject", "No after all");
  await first.decide("approve");
  await expect(first.heading).toHaveText("You approved this request");
  await second.sendButton.click();
  await expect(second.heading).toHaveText("You approved this request");
  await first.page.goto(link);
  await expect(first.heading).toHaveText("You approved this request");
});

test("two approvers press at the same instant: one verdict, and the other page says who decided and when", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const pair = [people.address("ana"), people.address("ben")];
  const path = await submitRequest(await rita.client(), { title: "A race", approvers: pair, rule: "any" });
  const pages = [];
  for (const address of pair) {
    const decide = await DecidePage.open(await strangersWindow(), (await portal.mail.next(address, about("A race"))).link!);
    await decide.choose("approve");
    pages.push(decide);
  }
  await Promise.all(pages.map((decide) => decide.sendButton.click()));
  const headings = await Promise.all(pages.map((decide) => decide.heading.innerText()));
  const winner = headings.indexOf("You approved this request");
  expect([...headings].sort()).toEqual(["Already approved", "You approved this request"]);
  const loser = pages[1 - winner].page.getByRole("main");
  await expect(loser).toContainText(`${pair[winner]} approved it`);
  await expect(loser.locator("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);

  const request = await RequestPage.open(await windowOf(rita), path);
  await request.stands("Approved");
  await expect(request.person(pair[winner])).toContainText("Approved");
  await expect(request.person(pair[1 - winner])).toContainText("Not needed");
  await expect(request.events.getByText(/ approved$/)).toHaveCount(1);
});

test("all of them: the request waits for the last one", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const pair = [people.address("ana"), people.address("ben")];
  const path = await submitRequest(await rita.client(), { title: "Both of you", approvers: pair, rule: "all" });
  const request = await RequestPage.open(await windowOf(rita), path);
  await expect(request.approvers).toContainText("Both must approve");
  for (const [index, address] of pair.entries()) {
    const decide = await DecidePage.open(await strangersWindow(), (await portal.mail.next(address, about("Both of you"))).link!);
    await decide.decide("approve");
    await expect(decide.heading).toHaveText("You approved this request");
    await showsBeforeLong(request.page, javaScriptEnabled, (timeout) => expect(request.approvers).toContainText(`${index + 1} of 2`, { timeout }));
    await request.stands(index === 0 ? "Waiting" : "Approved");
  }
});

test("an approver with an account decides on the request's page", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const path = await submitRequest(await rita.client(), { title: "In the inbox", approvers: [otto.email] });
  const page = await windowOf(otto);
  await page.goto("/");
  await page.getByRole("link", { name: "In the inbox" }).click();
  const request = new RequestPage(page);
  await request.decide("approve", "Seen at my desk.");
  await request.stands("Approved");
  await expect(page.getByRole("region", { name: "Your decision" })).toContainText("You approved this request");
  const requesters = await RequestPage.open(await windowOf(rita), path);
  await expect(requesters.events).toContainText("Otto Prove approved");
});

test("on hold, the link says so, and works again afterwards", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const path = await submitRequest(await rita.client(), { title: "Not so fast", approvers: [otto] });
  const link = (await portal.mail.next(otto, about("Not so fast"))).link!;
  const open = await DecidePage.open(await strangersWindow(), link);
  await open.choose("approve");
  const requesters = await RequestPage.open(await windowOf(rita), path);

  const instance = await InstancePage.open(await windowOf(people.admin), `request-${idOf(path)}`);
  await instance.change("Suspend", "The lawyer is on holiday");
  await showsBeforeLong(requesters.page, javaScriptEnabled, (timeout) => requesters.stands("On hold", timeout));
  await open.sendButton.click();
  await expect(open.heading).toHaveText("This request is on hold");
  const fresh = await DecidePage.open(await strangersWindow(), link);
  await expect(fresh.heading).toHaveText("This request is on hold");
  await expect(fresh.page.getByRole("main")).toContainText("On hold");

  await instance.page.reload();
  await instance.change("Resume", "Back again");
  await fresh.page.goto(link);
  await fresh.decide("approve");
  await expect(fresh.heading).toHaveText("You approved this request");
  await showsBeforeLong(requesters.page, javaScriptEnabled, (timeout) => requesters.stands("Approved", timeout));
});

test("a link that was altered, cut or made up looks like any unknown one", async ({ people, portal, page }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "Forged", approvers: [otto] });
  const link = (await portal.mail.next(otto, about("Forged"))).link!;
  const flipped = link.slice(0, -2) + (link.endsWith("AA") ? "BB" : "AA");
  const said = new Set<string>();
  for (const wrong of [flipped, link.slice(0, -9), `${portal.url}/d/csn_${"A".repeat(120)}`, `${portal.url}/d/nonsense`]) {
    const answer = await page.goto(wrong);
    expect(answer?.status()).toBe(404);
    said.add(await page.getByRole("main").innerText());
  }
  expect(said.size).toBe(1);
  expect([...said][0]).toContain("This link does not work");
});

test("without its cookie the page says how to come back", async ({ people, portal, page, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "No cookie", approvers: [otto] });
  await DecidePage.open(page, (await portal.mail.next(otto, about("No cookie"))).link!);
  const other = await DecidePage.open(await strangersWindow(), page.url());
  await expect(other.heading).toHaveText("Please open the link in your mail again");
});

test("the page behind a link needs no script and stays small", async ({ people, portal, page }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  await submitRequest(await rita.client(), { title: "Light", text: "Short.", approvers: [otto] });
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.resourceType()));
  await DecidePage.open(page, (await portal.mail.next(otto, about("Light"))).link!);
  expect(fetched).not.toContain("script");
  const answer = await page.request.get(page.url());
  const headers = answer.headers();
  expect((await answer.body()).length).toBeLessThan(60_000);
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["content-security-policy"]).toContain("script-src 'none'");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["x-robots-tag"]).toContain("noindex");
});
