// Sending a request back, changing it, and seeing what changed.

import { submitRequest, submitRevision } from "../fixtures/requests.mjs";
import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { RequestPage } from "../pages/request";

const text = (content: string) => new File([content], "quote.txt", { type: "text/plain" });

test("the approver asks for changes by link, the requester submits a revision, and both see what changed", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Hosting for another while";
  const client = await rita.client();
  const path = await submitRequest(client, { title, text: "We pay 410 a month for two years.", approvers: [otto], files: [text("410")] });
  const first = (await portal.mail.next(otto, about(title))).link!;
  const decide = await DecidePage.open(await strangersWindow(), first);
  await expect(decide.changes).toHaveCount(0);
  await decide.decide("request changes", "Ask for less.");

  const ritas = await windowOf(rita);
  const request = await RequestPage.open(ritas, path);
  await request.stands("Changes requested");
  await submitRevision(client, path, { title, text: "We pay 395 a month for two years.", note: "They came down by 15.", files: [text("395")] });

  const second = (await portal.mail.next(otto, (mail) => about(title)(mail) && mail.link !== null && mail.link !== first)).link!;
  const again = await DecidePage.open(await strangersWindow(), second);
  await again.changes.click();
  const seen = again.page.getByRole("main");
  await expect(again.heading).toHaveText("Changes since r1");
  await expect(seen).toContainText("They came down by 15.");
  await expect(seen.locator("del")).toContainText("410");
  await expect(seen.locator("ins")).toContainText("395");
  await expect(seen.getByRole("listitem")).toContainText("Changed");
  const file = seen.getByRole("link", { name: "quote.txt of r1" });
  expect(await (await again.page.request.get((await file.getAttribute("href"))!)).text()).toBe("410");

  await seen.getByRole("link", { name: "Back to your decision" }).click();
  await again.decide("approve");
  await expect(again.heading).toHaveText("You approved this request");

  await ritas.goto(`${path}/revisions`);
  await expect(ritas.getByRole("row").filter({ hasText: "They came down by 15." })).toContainText("Rita");
  await ritas.getByRole("link", { name: "Changes since r1" }).click();
  await expect(ritas.getByRole("main").locator("ins")).toContainText("395");
  await ritas.getByRole("link", { name: "The request" }).click();
  await request.stands("Approved");
});

test("the link of an earlier revision shows nothing any more, and strangers see no revision", async ({ people, portal, windowOf, strangersWindow }) => {
  const [rita, uma] = [await people.invite("Rita", "requester"), await people.invite("Uma", "requester")];
  const otto = people.address("otto");
  const title = "A sign above the door";
  const client = await rita.client();
  const path = await submitRequest(client, { title, text: "Made of wood.", approvers: [otto] });
  const decide = await DecidePage.open(await strangersWindow(), (await portal.mail.next(otto, about(title))).link!);
  const own = new URL(decide.page.url()).pathname;
  await submitRevision(client, path, { title, text: "Made of brass." });
  await decide.page.goto(`${own}/changes`);
  await expect(decide.heading).toHaveText("This link is no longer valid");
  await expect(decide.page.getByRole("main")).not.toContainText("brass");

  const umas = await windowOf(uma);
  for (const page of ["revisions", "changes"]) {
    expect((await umas.goto(`${path}/${page}`))?.status()).toBe(404);
  }
});
