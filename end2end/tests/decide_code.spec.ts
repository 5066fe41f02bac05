// Deciding where the policy asks for a code besides the link.

import { codePolicy, importPolicy } from "../fixtures/policies.mjs";
import { submitRequest } from "../fixtures/requests.mjs";
import { about, codeIn, withCode } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { RequestPage } from "../pages/request";

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

test("a code is mailed on demand, a wrong one is refused, and the right one decides", async ({ people, portal, windowOf, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "A payment";
  const policy = await importPolicy(await people.admin.client(), codePolicy("Payments", otto));
  const path = await submitRequest(await rita.client(), { title, policy });
  const { link } = await portal.mail.next(otto, about(title));
  const decide = await DecidePage.open(await strangersWindow(), link!);
  await expect(decide.approve).toHaveCount(0);
  expect(portal.mail.to(otto, withCode(title))).toHaveLength(0);

  await decide.mailCode.click();
  await expect(decide.code).toHaveAttribute("inputmode", "numeric");
  await expect(decide.code).toHaveAttribute("autocomplete", "one-time-code");
  const mail = await portal.mail.next(otto, withCode(title));
  expect(mail.link).toBeNull();
  const code = codeIn(mail);
  await decide.choose("reject", "Twice the price of last year.");
  await decide.code.fill(wrong(code));
  await decide.sendButton.click();
  await decide.refusedWith("This is not the code of the latest mail. You have 4 more tries.");
  await expect(decide.reason).toHaveValue("Twice the price of last year.");
  await expect(decide.code).toHaveValue("");

  await decide.code.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await decide.sendButton.click();
  await expect(decide.heading).toHaveText("You rejected this request");
  const request = await RequestPage.open(await windowOf(rita), path);
  await request.stands("Rejected");
});

test("another code is asked for without losing what was written, and the one before is worth nothing", async ({ people, portal, strangersWindow }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = people.address("otto");
  const title = "Another payment";
  const policy = await importPolicy(await people.admin.client(), codePolicy("Payments", otto));
  await submitRequest(await rita.client(), { title, policy });
  const { link } = await portal.mail.next(otto, about(title));
  const decide = await DecidePage.open(await strangersWindow(), link!);
  await decide.mailCode.click();
  const first = codeIn(await portal.mail.next(otto, withCode(title)));
  await decide.choose("approve", "As agreed in May.");
  await decide.mailCode.click();
  const second = codeIn(await portal.mail.next(otto, withCode(title), 2));
  await expect(decide.approve).toBeChecked();
  await expect(decide.reason).toHaveValue("As agreed in May.");
  if (first !== second) {
    await decide.code.fill(first);
    await decide.sendButton.click();
    await decide.refusedWith("This is not the code of the latest mail. You have 4 more tries.");
  }
  await decide.code.fill(second);
  await decide.sendButton.click();
  await expect(decide.heading).toHaveText("You approved this request");
});

test("whoever is signed in needs no code", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto Prove", "approver");
  const policy = await importPolicy(await people.admin.client(), codePolicy("Payments", otto.email));
  const path = await submitRequest(await rita.client(), { title: "A payment at my desk", policy });
  const request = await RequestPage.open(await windowOf(otto), path);
  await request.decide("approve");
  await request.stands("Approved");
});
