// A mail scanner: it fetches every link, follows redirects, runs scripts, submits every form as it came and presses every
// button. The request stays pending, and the approver can decide afterwards.

import { Client } from "../fixtures/client.mjs";
import { submitRequest } from "../fixtures/requests.mjs";
import { about, codeIn, withCode } from "../fixtures/mail";
import { codePolicy, importPolicy } from "../fixtures/policies.mjs";
import { expect, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { RequestPage } from "../pages/request";
import type { Page } from "@playwright/test";

const AGENTS = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "BarracudaCentral", "Mozilla/5.0 (compatible; SafeLinks)"];

/** Every address in a mail, both parts. */
function addressesIn(mail: { text: string; html: string }) {
  const found = [...mail.text.matchAll(/https?:\/\/[^\s<>"]+/g), ...mail.html.matchAll(/https?:\/\/[^\s<>"]+/g)];
  return [...new Set(found.map(([address]) => address.replace(/&amp;/g, "&").replace(/[.,)]+$/, "")))];
}

/** What a fetching scanner does: HEAD and GET, with and without the cookies it got, then every form by hand. */
async function fetchEverything(base: string, address: string) {
  for (const agent of AGENTS) {
    const scanner = new Client(base);
    const headers = { "user-agent": agent };
    for (const method of ["HEAD", "GET", "GET", "HEAD"]) {
      let at = address;
      for (let hops = 0; hops < 5 && at; hops++) at = (await scanner.send(method, at, { headers })).location!;
    }
    const page = await scanner.open(new URL(address).pathname);
    for (const [form] of page.text.matchAll(/<form\b.*?<\/form>/gs)) {
      const action = form.match(/action="([^"]*)"/)?.[1] ?? page.path;
      const fields = [...form.matchAll(/<(?:input|textarea|button)\b[^>]*\bname="([^"]*)"[^>]*>/g)]
        .filter(([control]) => !/type="(radio|checkbox)"/.test(control) || /\bchecked\b/.test(control))
        .map(([control, name]) => [name, control.match(/\bvalue="([^"]*)"/)?.[1] ?? ""]);
      await scanner.post(action, fields, { headers });
      await new Client(base).post(action, fields, { headers });
    }
  }
}

/** What a scanner with a browser does on one page. Comes back to the page after everything that leads away. */
async function pressEverything(page: Page, address: string) {
  await page.goto(address);
  const clean = page.url();
  const forms = await page.locator("form").count();
  for (let index = 0; index < forms; index++) {
    await page.goto(clean);
    await Promise.all([page.waitForEvent("load"), page.locator("form").nth(index).evaluate((form) => (form as HTMLFormElement).submit())]);
  }
  const pressable = page.locator("button, input[type=submit], input[type=button], summary, [role=button]");
  await page.goto(clean);
  const count = await pressable.count();
  for (let index = 0; index < count; index++) {
    for (const checked of [true, false]) {
      await page.goto(clean);
      if (!checked) await page.locator("form").evaluateAll((all) => all.forEach((form) => form.setAttribute("novalidate", "")));
      // What the browser itself holds back, for a field that must be filled in, leads nowhere.
      const leads = await pressable.nth(index).evaluate((element) => {
        const form = (element as HTMLButtonElement).form;
        return !!form && ((element as HTMLButtonElement).formNoValidate || form.noValidate || form.checkValidity());
      });
      await Promise.all([leads ? page.waitForEvent("load") : null, pressable.nth(index).click()]);
    }
  }
  return { forms, count };
}

test("a scanner that does everything leaves the request pending", async ({ people, portal, page, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Scan me";
  const file = new File(["Some text to look into.\n"], "look.txt", { type: "text/plain" });
  const path = await submitRequest(await rita.client(), { title, text: "See [the lease](https://example.org/lease).", approvers: [otto], files: [file] });
  const mail = await portal.mail.next(otto, about(title));
  const addresses = addressesIn(mail).filter((address) => address.startsWith(portal.url));
  expect(addresses.length).toBeGreaterThan(0);

  for (const address of addresses) await fetchEverything(portal.url, address);
  for (const address of addresses) {
    const { forms, count } = await pressEverything(page, address);
    if (address === mail.link) {
      expect(forms, "the scanner found the form").toBeGreaterThan(0);
      expect(count, "the scanner found the button").toBeGreaterThan(0);
    }
  }

  const request = await RequestPage.open(await windowOf(rita), path);
  await request.stands("Waiting");
  await expect(request.person(otto)).toContainText("Waiting");
  await expect(request.events.getByText(/(approved|rejected)$/)).toHaveCount(0);
  expect(portal.mail.to(otto, about(title))).toHaveLength(1);

  const decide = await DecidePage.open(await strangersWindow(), mail.link!);
  await decide.decide("approve");
  await expect(decide.heading).toHaveText("You approved this request");
});

test("where a code is needed, a scanner has a few mailed at most and decides nothing", async ({ people, portal, page, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Scan me with a code";
  const policy = await importPolicy(await people.admin.client(), codePolicy("Scanned codes", otto));
  const path = await submitRequest(await rita.client(), { title, policy });
  const { link } = await portal.mail.next(otto, about(title));
  await fetchEverything(portal.url, link!);
  await pressEverything(page, link!);

  const request = await RequestPage.open(await windowOf(rita), path);
  await request.stands("Waiting");
  const codes = portal.mail.to(otto, withCode(title));
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.length).toBeLessThanOrEqual(5);
  const decide = await DecidePage.open(await strangersWindow(), link!);
  await decide.choose("approve");
  // Mails may arrive in another order than they were made in: the one that works is among them.
  for (const mail of codes.reverse()) {
    if (!(await decide.code.isVisible())) break;
    await decide.code.fill(codeIn(mail));
    await decide.sendButton.click();
  }
  await expect(decide.heading).toHaveText("You approved this request");
});

test("a scanner leaves an invitation open", async ({ people, portal, page }) => {
  const address = people.address("nora");
  await (await people.admin.client()).post("/people/invite", { email: address, name: "Nora", role: "requester" });
  const { link } = await portal.mail.next(address);
  await fetchEverything(portal.url, link!);
  await pressEverything(page, link!);
  const accepted = await new Client(portal.url).post(new URL(link!).pathname, { name: "Nora", password: "seven small stones" });
  expect(accepted.status).toBe(303);
});
