// The engine's instances, for admins.

import { idOf, submitRequest } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { InstancePage } from "../pages/instance";
import { Layout } from "../pages/layout";
import { RequestPage } from "../pages/request";

test("an admin restarts a decided request: new links, the old one says so, the old decision is history", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Once more";
  const path = await submitRequest(await rita.client(), { title, approvers: [otto] });
  const first = await portal.mail.next(otto, about(title));
  await (await DecidePage.open(await strangersWindow(), first.link!)).decide("reject", "Wrong year");
  const requesters = await RequestPage.open(await windowOf(rita), path);
  await requesters.stands("Rejected");
  await portal.mail.next(rita.email, about(title));

  const instance = await InstancePage.open(await windowOf(people.admin), `request-${idOf(path)}`);
  await instance.reaches("Completed");
  await instance.change("Restart", "The year was right after all");
  await showsBeforeLong(requesters.page, javaScriptEnabled, (timeout) => requesters.stands("Waiting", timeout));
  await expect(requesters.events).toContainText("restarted the request");
  await expect(requesters.events).toContainText("Wrong year");

  const isNew = (mail: { link: string | null; subject: string; text: string }) => about(title)(mail) && !!mail.link && mail.link !== first.link;
  const second = await portal.mail.next(otto, isNew);
  const old = await DecidePage.open(await strangersWindow(), first.link!);
  await expect(old.heading).toHaveText("This link is no longer valid");
  await expect(old.page.getByRole("main")).toContainText("started again");
  const decide = await DecidePage.open(await strangersWindow(), second.link!);
  await decide.decide("approve");
  await expect(decide.heading).toHaveText("You approved this request");
  await showsBeforeLong(requesters.page, javaScriptEnabled, (timeout) => requesters.stands("Approved", timeout));
});

test("an admin terminates a request: everybody is told why, and its links are closed", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Called off";
  const path = await submitRequest(await rita.client(), { title, approvers: [otto] });
  const asked = await portal.mail.next(otto, about(title));
  const instance = await InstancePage.open(await windowOf(people.admin), `request-${idOf(path)}`);
  await instance.change("Terminate", "The project ended");
  for (const address of [rita.email, otto]) {
    const told = await portal.mail.next(address, (mail) => about(title)(mail) && mail.text.includes("The project ended"));
    expect(told.link).toBeNull();
  }
  const late = await DecidePage.open(await strangersWindow(), asked.link!);
  await expect(late.heading).toHaveText("This link is no longer valid");
  await expect(late.page.getByRole("main")).toContainText("An administrator ended the request");
  await (await RequestPage.open(await windowOf(rita), path)).stands("Terminated");
});

test("each verb needs a reason, and what is not possible says why", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const path = await submitRequest(await rita.client(), { title: "Verbs", approvers: [people.address("otto")] });
  const instance = await InstancePage.open(await windowOf(people.admin), `request-${idOf(path)}`);
  await expect(instance.page.getByText("Only what has finished can be restarted.")).toBeVisible();
  await instance.withoutChecks();
  await instance.change("Suspend", "  ");
  await instance.refusedWith("reason");
});

test("the list filters by state, orchestration and id, and leads to the history", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const path = await submitRequest(await rita.client(), { title: "Findable", approvers: [people.address("otto")] });
  const id = `request-${idOf(path)}`;
  const page = await windowOf(people.admin);
  await page.goto("/");
  const layout = new Layout(page);
  await layout.goTo("Instances");
  await page.getByLabel("Orchestration").selectOption("Approval");
  await page.getByLabel("Id begins with").fill(id);
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("navigation", { name: "Filter by state" }).getByRole("link", { name: "Running" }).click();
  await page.getByRole("link", { name: id }).click();
  const history = page.getByRole("table", { name: "History" });
  await expect(history).toContainText("ExecutionStarted");
  await expect(history).toContainText("OpenStage");
  await page.getByRole("link", { name: "Findable" }).click();
  await expect(new RequestPage(page).heading).toHaveText("Findable");
  await page.goto("/instances?q=nothing-like-this");
  await expect(page.getByText("No instance matches")).toBeVisible();
});
