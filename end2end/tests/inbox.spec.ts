// The list of requests.

import { decideByLink } from "../fixtures/client.mjs";
import { about } from "../fixtures/mail";
import { submitRequest } from "../fixtures/requests.mjs";
import { expect, test } from "../fixtures/app";
import { DecisionForm } from "../pages/decide";
import { Layout } from "../pages/layout";

test("an empty inbox says why, and what next", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/?tab=waiting");
  await expect(page.getByText("Nothing waits for you")).toBeVisible();
  await page.getByRole("link", { name: /^Mine/ }).click();
  await expect(page.getByText("You have not submitted anything yet")).toBeVisible();
  await page.getByRole("link", { name: "Start a new request" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New request");
});

test("each person sees what concerns them", async ({ people, windowOf }) => {
  const [rita, otto, nobody] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver"), await people.invite("Uma", "requester")];
  await submitRequest(await rita.client(), { title: "Concerns two", approvers: [otto.email] });
  const ottos = await windowOf(otto);
  await ottos.goto("/");
  await expect(new Layout(ottos).row("Concerns two")).toContainText("Waiting");
  await expect(new Layout(ottos).navigation.getByText("1 waiting for you")).toBeVisible();
  const ritas = await windowOf(rita);
  await ritas.goto("/?tab=mine");
  await expect(new Layout(ritas).row("Concerns two")).toContainText("0 of 1");
  const umas = await windowOf(nobody);
  for (const tab of ["waiting", "mine", "all"]) {
    await umas.goto(`/?tab=${tab}`);
    await expect(umas.getByText("Concerns two")).toHaveCount(0);
  }
  const admins = await windowOf(people.admin);
  await admins.goto("/?tab=all");
  await expect(new Layout(admins).row("Concerns two")).toBeVisible();
});

test("a long list goes on page by page, without a gap", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const client = await rita.client();
  const approver = people.address("otto");
  const titles = Array.from({ length: 60 }, (_, index) => `Long list ${String(index + 1).padStart(2, "0")}`);
  for (const title of titles) await submitRequest(client, { title, approvers: [approver] });
  const page = await windowOf(rita);
  await page.goto("/?tab=mine");
  const seen: string[] = [];
  for (;;) {
    seen.push(...(await page.getByRole("link", { name: /^Long list/ }).allInnerTexts()));
    const older = page.getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) break;
    await older.click();
    await expect(page.getByRole("link", { name: "Back to the first page" })).toBeVisible();
  }
  expect(seen).toEqual([...titles].reverse());
});

test("a list is narrowed by its address, and cleared again", async ({ people, windowOf }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver")];
  for (const title of ["Lease of the hall", "Lease of the van", "Chairs"]) await submitRequest(await rita.client(), { title, approvers: [otto.email] });
  const page = await windowOf(otto);
  await page.goto("/?tab=waiting");
  const filter = page.getByRole("search", { name: "Requests" });
  const titles = page.getByRole("main").getByRole("link", { name: /^(Lease|Chairs)/ });
  await expect(titles).toHaveCount(3);
  await filter.getByLabel("Search", { exact: true }).fill("LEASE");
  await filter.getByLabel("State").selectOption("Waiting");
  await filter.getByRole("button", { name: "Filter" }).click();
  await expect(titles).toHaveCount(2);
  expect(new URL(page.url()).searchParams.get("q")).toBe("LEASE");
  await expect(filter.getByLabel("Search", { exact: true })).toHaveValue("LEASE");
  await expect(filter.getByLabel("State")).toHaveValue("waiting");
  const table = await (await otto.client()).get((await page.getByRole("link", { name: "Download these as CSV" }).getAttribute("href"))!);
  expect(table.text.trimEnd().split("\r\n")).toHaveLength(3);
  await filter.getByLabel("Due").selectOption("Overdue");
  await filter.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No request matches")).toBeVisible();
  await filter.getByRole("link", { name: "Clear" }).click();
  await expect(titles).toHaveCount(3);
});

test("several requests get one answer, and each its own result", async ({ people, windowOf, portal }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver")];
  const client = await rita.client();
  const ana = people.address("ana");
  const submit = (title: string) => submitRequest(client, { title, approvers: [otto.email, ana] });
  for (const title of ["Ladder", "Lamp", "Table"]) await submit(title);
  const link = (await portal.mail.next(ana, about("Lamp"))).link!;

  const page = await windowOf(otto);
  await page.goto("/?tab=waiting");
  await page.getByRole("button", { name: "Decide on those chosen" }).click();
  await expect(page.getByText("Nothing is chosen")).toBeVisible();
  await page.getByRole("link", { name: "Back to the list" }).click();
  for (const title of ["Ladder", "Lamp"]) await page.getByRole("checkbox", { name: `Choose ${title}` }).check();
  await page.getByRole("button", { name: "Decide on those chosen" }).click();

  const form = new DecisionForm(page);
  await expect(form.heading).toHaveText("Decide on 2 requests");
  await expect(page.getByRole("main")).not.toContainText("Table");
  await expect(form.approve).not.toBeChecked();
  await expect(form.reject).not.toBeChecked();
  await form.withoutChecks();
  await form.choose("reject");
  await page.getByRole("button", { name: "Send decision on 2 requests" }).click();
  await form.refusedWith("Say why you reject it.");
  await expect(form.reject).toBeChecked();
  // Somebody is faster with one of them.
  await decideByLink(portal.url, link, "approve");
  await form.choose("reject", "Too dear.");
  await page.getByRole("button", { name: "Send decision on 2 requests" }).click();
  const layout = new Layout(page);
  await expect(layout.notice).toContainText("recorded for 1 of 2 requests");
  await expect(layout.row("Ladder")).toContainText("Recorded");
  await expect(layout.row("Lamp")).toContainText("Decided already");
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(page.getByRole("main").getByRole("link", { name: "Table" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Ladder" })).toHaveCount(0);
});

test("a request is found by the words of anything in it", async ({ people, windowOf }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver")];
  const client = await rita.client();
  const file = new File(["A lease.\n"], "floor-plan.txt", { type: "text/plain" });
  const path = await submitRequest(client, { title: "Harbour shed", text: "Three winters, *unheated*.", approvers: [otto.email], files: [file] });
  await submitRequest(client, { title: "Harbour crane", approvers: [otto.email] });
  await client.post(`${path}/comments`, { text: "The ferryman agrees." });
  const page = await windowOf(otto);
  const found = page.getByRole("main").getByRole("link", { name: /^Harbour/ });
  const search = async (words: string) => {
    await page.goto("/?tab=waiting");
    await page.getByLabel("Search", { exact: true }).fill(words);
    await page.getByRole("button", { name: "Filter" }).click();
  };
  for (const words of ["unheat", "floor-plan", "ferryman harbour", '"three winters"']) {
    await search(words);
    await expect(found, words).toHaveText(["Harbour shed"]);
  }
  await search("harbour");
  await expect(found).toHaveCount(2);
  await search('"winters three"');
  await expect(page.getByText("No request matches")).toBeVisible();
  const nobodys = await windowOf(await people.invite("Uma", "requester"));
  for (const tab of ["waiting", "mine", "watching", "done"]) {
    await nobodys.goto(`/?tab=${tab}&q=harbour`);
    await expect(nobodys.getByText("No request matches")).toBeVisible();
  }
});

test("a filter is kept under a name, renamed and deleted", async ({ people, windowOf }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver")];
  for (const title of ["Lease of the hall", "Chairs"]) await submitRequest(await rita.client(), { title, approvers: [otto.email] });
  const page = await windowOf(otto);
  await page.goto("/?tab=waiting&q=lease");
  await page.getByText("Save this view").click();
  await page.getByLabel("Name of the view").fill("Leases");
  await page.getByRole("button", { name: "Save view" }).click();
  const views = page.getByRole("navigation", { name: "Saved views" });
  await expect(views.getByRole("link", { name: "Leases" })).toHaveAttribute("aria-current", "page");
  await page.goto("/?tab=mine");
  await views.getByRole("link", { name: "Leases" }).click();
  await expect(page.getByRole("main").getByRole("link", { name: "Lease of the hall" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Chairs" })).toHaveCount(0);
  await views.getByRole("link", { name: "Edit views" }).click();
  await page.getByLabel("Name").fill("All leases");
  await page.getByRole("button", { name: "Rename Leases" }).click();
  await expect(page.getByRole("link", { name: "All leases" })).toBeVisible();
  await page.getByRole("button", { name: "Delete All leases" }).click();
  await expect(page.getByText("You have no saved views")).toBeVisible();
});
