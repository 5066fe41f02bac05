// The approver part of the new-request form, alive.

import { expect, test } from "../fixtures/app";
import { NewRequestPage } from "../pages/new_request";

test("a sentence says what is being asked for, while it is typed", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const form = await NewRequestPage.open(page);
  await page.locator("[data-islands=awake]").waitFor({ state: "attached" });
  await expect(page.getByText("Enter the address of at least one approver.")).toBeVisible();

  await form.fill({ approvers: ["ana@example.org", "ben@example.org", "cy@example.org"] });
  await expect(page.getByText("Any one of 3 must approve, within 3 days.")).toBeVisible();
  await form.fill({ rule: "A number", needed: "2", within: "1 hours" });
  await expect(page.getByText("At least 2 of 3 must approve, within 1 hour.")).toBeVisible();

  await page.getByRole("button", { name: "Remove Approver 2" }).click();
  await expect(page.getByText("Both must approve, within 1 hour.")).toBeVisible();
  await expect(form.approver(3)).toHaveValue("cy@example.org");
});

test("what was typed before the script woke up counts", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  let wake = () => {};
  const asleep = new Promise<void>((done) => (wake = done));
  await page.route("**/countersign.wasm", async (route) => {
    await asleep;
    await route.continue();
  });
  const form = await NewRequestPage.open(page);
  await form.fill({ approvers: ["early@example.org"] });
  wake();
  await page.locator("[data-islands=awake]").waitFor({ state: "attached" });
  await expect(form.approver(1)).toHaveValue("early@example.org");
  await expect(page.getByText("The one person asked must approve, within 3 days.")).toBeVisible();
});
