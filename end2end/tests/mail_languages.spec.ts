// Mails in the language and the time zone of whoever reads them.

import { submitRequest } from "../fixtures/requests.mjs";
import { about, pathOf } from "../fixtures/mail";
import { expect, test } from "../fixtures/app";
import { DecidePage } from "../pages/decide";
import { Layout } from "../pages/layout";
import type { Person } from "../fixtures/users";

/** Sets language, time zone and the daily overview, as the form at /settings does. */
async function set(person: Person, fields: { language: string; zone: string; digest?: "daily" }) {
  const saved = await (await person.client()).post("/settings", { name: person.name, ...fields });
  expect(saved.status).toBe(303);
}

test("whoever reads German gets German mails, in the time of their place, and others theirs", async ({ people, portal, windowOf }) => {
  const rita = await people.invite("Rita Quest", "requester");
  const otto = await people.invite("Otto Prüf", "approver");
  const guest = people.address("guest");
  await set(otto, { language: "de", zone: "Europe/Berlin" });
  await submitRequest(await rita.client(), { title: "Mietvertrag", approvers: [otto.email, guest], rule: "all" });

  const german = await portal.mail.next(otto.email, about("Mietvertrag"));
  expect(german.subject).toBe("Genehmigung: Mietvertrag");
  expect(german.text).toContain("Rita Quest bittet um Ihre Genehmigung");
  expect(german.text).toMatch(/Frist: (Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag), \d+\. \S+ \d{4}, \d\d:\d\d Uhr MES?Z/);
  expect(german.text).not.toContain("asks for your approval");
  expect(german.headers.get("content-language")).toBe("de");

  const english = await portal.mail.next(guest, about("Mietvertrag"));
  expect(english.subject).toBe("Approval: Mietvertrag");
  expect(english.text).toMatch(/Decide by: \w+day \d+ \w+ \d{4}, \d\d:\d\d UTC/);
  expect(english.headers.get("content-language")).toBe("en");

  const page = await windowOf(people.admin);
  await page.goto("/outbox");
  await expect(new Layout(page).row(otto.email).filter({ hasText: "Mietvertrag" })).toContainText("Genehmigung: Mietvertrag");
});

test("a German link leads to the same decision, and its requester is told in their own language", async ({ people, portal, strangersWindow }) => {
  const rita = await people.invite("Rita Quest", "requester");
  const otto = await people.invite("Otto Prüf", "approver");
  await set(otto, { language: "de", zone: "Europe/Berlin" });
  await submitRequest(await rita.client(), { title: "Kaffeemaschine", approvers: [otto.email] });
  const mail = await portal.mail.next(otto.email, about("Kaffeemaschine"));
  const page = await strangersWindow();
  const decide = await DecidePage.open(page, pathOf(mail.link));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Kaffeemaschine");
  await decide.decide("approve");
  const told = await portal.mail.next(rita.email, about("Kaffeemaschine"));
  expect(told.text).toContain("It was approved with the decision of Otto Prüf.");
  const himself = await portal.mail.next(otto.email, (of) => of.text.includes("Genehmigt: Kaffeemaschine"));
  expect(himself.text).toContain("Mit der Entscheidung von Otto Prüf wurde der Antrag genehmigt.");
});

test("the settings say what the daily overview is and is not", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita Quest", "requester");
  await set(rita, { language: "en", zone: "Europe/Berlin", digest: "daily" });
  const page = await windowOf(rita);
  await page.goto("/settings");
  await expect(page.getByRole("checkbox", { name: /One mail a day/ })).toBeChecked();
  await expect(page.getByText("Questions and reminders come at once all the same.")).toBeVisible();
});
