// The form for a new request.

import { unescapeHtml } from "../fixtures/client.mjs";
import { about } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { NewRequestPage } from "../pages/new_request";
import { RequestPage } from "../pages/request";

test("everything wrong is said at once, and nothing typed is lost", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const form = await NewRequestPage.open(page);
  await form.withoutChecks();
  await form.submit({
    title: " ",
    text: "A text that\nmust <b>stay</b>.",
    files: [{ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("kept for the second attempt") }],
    approvers: ["otto@example.org", "not an address"],
    rule: "A number",
    needed: "7",
    within: "soon",
    inTheEnd: "Let it expire",
  });
  await form.refusedWith("title", "mail address", "number above zero");
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("A text that\nmust <b>stay</b>.");
  await expect(form.approver(1)).toHaveValue("otto@example.org");
  await expect(form.approver(2)).toHaveValue("not an address");
  await expect(page.getByRole("radio", { name: "A number" })).toBeChecked();
  await expect(page.getByLabel("Decide within", { exact: true })).toHaveValue("soon");
  await expect(page.getByRole("radio", { name: "Let it expire" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /notes\.txt/ })).toBeChecked();

  // An error leads to its field.
  await form.errors.getByRole("link").first().click();
  await expect(page.getByLabel("Title")).toBeInViewport();

  await form.submit({ title: "At the second attempt", approvers: ["otto@example.org", ""], rule: "Any one", within: "2 days" });
  const request = new RequestPage(page);
  await expect(request.heading).toHaveText("At the second attempt");
  await expect(page.getByRole("link", { name: /Download notes\.txt/ })).toBeVisible();
});

test("the requester cannot be asked, and nobody twice", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const page = await windowOf(rita);
  const form = await NewRequestPage.open(page);
  await form.submit({ title: "Myself", approvers: [rita.email.toUpperCase(), "otto@example.org", "Otto@Example.org"] });
  await form.refusedWith("cannot approve your own request", "asked already");
});

test("the mail says who asks, what and until when, in text and HTML, and holds one link and no document", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita Quest", "requester");
  const otto = people.address("otto");
  const page = await windowOf(rita);
  const form = await NewRequestPage.open(page);
  await form.submit({ title: "Budget & <plans>", text: "The secret sauce.", approvers: [otto], within: "2 days" });
  await expect(new RequestPage(page).heading).toHaveText("Budget & <plans>");

  const mail = await portal.mail.next(otto, about("Budget & <plans>"));
  for (const said of ["Rita Quest", "Budget & <plans>", mail.link!]) expect(mail.text).toContain(said);
  expect(mail.html).not.toContain("<plans>");
  for (const said of ["Rita Quest", "Budget & <plans>", mail.link!]) expect(unescapeHtml(mail.html)).toContain(said);
  expect(new Set([...mail.text.matchAll(/csn_[\w-]+/g)].map(([token]) => token)).size).toBe(1);
  expect(mail.raw).not.toContain("secret sauce");
  expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  expect(mail.messageId).toMatch(/^<[\w.-]+@[\w.-]+>$/);
  expect(mail.headers.get("content-type").value).toBe("multipart/alternative");
  expect(mail.raw).toMatch(/^Date: /m);
  await expect(new RequestPage(page).person(otto)).toContainText("Waiting");
});

test("files are shown inside only where they are what they seem", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  await (await NewRequestPage.open(page)).submit({
    title: "Files of all kinds",
    approvers: [people.address("otto")],
    files: [
      { name: "pixel.png", mimeType: "image/png", buffer: pixel },
      { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>document.title = 'run'</script>") },
      { name: "fake.png", mimeType: "image/png", buffer: Buffer.from([0, 1, 2, 3, 255]) },
    ],
  });
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("img", { name: "pixel.png" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const served = async (number: number) => {
    const answer = await page.request.get(`${new URL(page.url()).pathname}/files/${number}`);
    return { kind: answer.headers()["content-type"], disposition: answer.headers()["content-disposition"], policy: answer.headers()["content-security-policy"], sniff: answer.headers()["x-content-type-options"] };
  };
  expect(await served(1)).toMatchObject({ kind: "image/png", sniff: "nosniff" });
  const html = await served(2);
  expect(html.kind).toBe("application/octet-stream");
  expect(html.disposition).toMatch(/^attachment/);
  expect(html.policy).toContain("default-src 'none'");
  expect(html.policy).toContain("sandbox");
  expect((await served(3)).disposition).toMatch(/^attachment/);
});

test("more rows for approvers", async ({ people, windowOf, javaScriptEnabled }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const form = await NewRequestPage.open(page);
  if (javaScriptEnabled !== false) await page.locator("[data-islands=awake]").waitFor({ state: "attached" });
  await form.fill({ title: "Many eyes", approvers: ["one@example.org"] });
  await page.getByRole("button", { name: "Add approvers" }).click();
  await form.approver(6).fill("six@example.org");
  await expect(page.getByLabel("Title")).toHaveValue("Many eyes");
  await expect(form.approver(1)).toHaveValue("one@example.org");
  await form.send();
  await expect(new RequestPage(page).person("six@example.org")).toContainText("Waiting");
});
