// Documents and pictures are shown as pictures that the server made, to whoever may see the request.

import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { submitRequest, submitRevision } from "../fixtures/requests.mjs";
import { DecidePage } from "../pages/decide";
import { NewRequestPage } from "../pages/new_request";
import { RequestPage } from "../pages/request";

/** A PDF of so many pages, A4, each with its number on it. */
function pdf(count: number): Buffer {
  const stream = (content: string) => `<</Length ${content.length}>>\nstream\n${content}\nendstream`;
  const pages = [...Array(count).keys()];
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Count ${count}/Kids[${pages.map((page) => `${4 + 2 * page} 0 R`).join(" ")}]/MediaBox[0 0 595 842]>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...pages.flatMap((page) => [
      `<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents ${5 + 2 * page} 0 R>>`,
      stream(`BT /F 60 Tf 72 700 Td (Page ${page + 1}) Tj ET`),
    ]),
  ];
  let file = "%PDF-1.7\n";
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

test("the pages of a document are seen on the request and behind the link, and a broken one says why not", async ({ people, portal, windowOf, strangersWindow, javaScriptEnabled }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const otto = people.address("otto");
  await (await NewRequestPage.open(page)).submit({
    title: "The lease as a document",
    approvers: [otto],
    files: [
      { name: "lease.pdf", mimeType: "application/pdf", buffer: pdf(3) },
      { name: "torn.pdf", mimeType: "application/pdf", buffer: pdf(3).subarray(0, 40) },
    ],
  });
  await expect(new RequestPage(page).heading).toHaveText("The lease as a document");
  const leaf = page.getByRole("group", { name: "Pages of lease.pdf" });
  await page.waitForLoadState();
  await showsBeforeLong(page, javaScriptEnabled, async (timeout) => {
    await expect(leaf.getByRole("img", { name: "Page 1" })).toBeVisible({ timeout });
    await expect(page.getByText("There is no preview of this file")).toBeVisible({ timeout });
  });
  await expect(leaf.getByRole("img")).toHaveCount(3);
  await expect(leaf.getByRole("img", { name: "Page 1" })).toHaveJSProperty("naturalHeight", 1600);
  await expect(page.getByText("damaged, or not what it says it is")).toBeVisible();
  await expect(page.getByRole("link", { name: "Download torn.pdf" })).toBeVisible();

  const asked = await portal.mail.next(otto, about("The lease as a document"));
  const stranger = await strangersWindow();
  await DecidePage.open(stranger, asked.link!);
  await stranger.locator("summary").filter({ hasText: "lease.pdf" }).click();
  const sheet = stranger.getByRole("group", { name: "Pages of lease.pdf" }).getByRole("img", { name: "Page 1" });
  await expect(sheet).toHaveJSProperty("naturalHeight", 1600);
  const path = await sheet.getAttribute("src");
  const answer = await stranger.request.get(path!);
  expect(answer.headers()).toMatchObject({ "content-type": "image/png", "cache-control": "private, no-store", "x-content-type-options": "nosniff" });
  const elsewhere = await (await strangersWindow()).request.get(path!);
  expect(elsewhere.status()).toBe(403);
});

test("two revisions of a document stand side by side, for its requester and behind the link", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "The lease, and one page more";
  const client = await rita.client();
  const lease = (pages: number) => new File([pdf(pages)], "lease.pdf", { type: "application/pdf" });
  const path = await submitRequest(client, { title, approvers: [otto], files: [lease(1)] });
  const first = (await portal.mail.next(otto, about(title))).link!;
  await submitRevision(client, path, { title, files: [lease(2)] });
  const second = (await portal.mail.next(otto, (mail) => about(title)(mail) && mail.link !== null && mail.link !== first)).link!;

  const page = await windowOf(rita);
  const leaf = page.getByRole("group", { name: "Pages of lease.pdf in r1 and r2" });
  const [was, is] = [1, 2].map((revision) => leaf.getByRole("img", { name: `Page 1 in revision ${revision}` }));
  await page.goto(`${path}/changes`);
  await expect(async () => {
    await page.reload();
    await expect(was).toBeVisible({ timeout: 1_000 });
    await expect(is).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(leaf.getByRole("img")).toHaveCount(3);
  await expect(leaf).toContainText("r1 has no page 2.");
  for (const sheet of [was, is]) await expect(sheet).toHaveJSProperty("naturalHeight", 1600);
  const places = async () => ({ old: (await was.boundingBox())!, now: (await is.boundingBox())! });
  const desk = await places();
  expect(desk.old.x + desk.old.width, "the old one is on the left").toBeLessThanOrEqual(desk.now.x);
  expect(desk.old.y).toBeCloseTo(desk.now.y, 0);
  await page.setViewportSize({ width: 390, height: 844 });
  const phone = await places();
  expect(phone.old.y + phone.old.height, "the old one is above").toBeLessThanOrEqual(phone.now.y);

  const decide = await DecidePage.open(await strangersWindow(), second);
  await decide.changes.click();
  const sheet = decide.page.getByRole("img", { name: "Page 2 in revision 2" });
  await sheet.scrollIntoViewIfNeeded();
  await expect(sheet).toHaveJSProperty("naturalHeight", 1600);
  const elsewhere = await (await strangersWindow()).request.get((await sheet.getAttribute("src"))!);
  expect(elsewhere.status()).toBe(403);
});
