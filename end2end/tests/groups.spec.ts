// Groups of people, and who stands above whom. For admins.

import { expect, test } from "../fixtures/app";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

test("a group is made, changed and deleted", async ({ people, windowOf }) => {
  const [otto, eva] = [await people.invite("Otto", "approver"), people.address("eva")];
  const name = `Legal ${otto.email}`.slice(0, 60);
  const page = await windowOf(people.admin);
  await page.goto("/");
  const layout = new Layout(page);
  await layout.administer("Groups");
  const form = new FormPage(page);
  await form.withoutChecks();
  const fresh = page.getByRole("region", { name: "New group" });
  await fresh.getByLabel("Name").fill(name);
  await fresh.getByLabel("People").fill("no address");
  await fresh.getByRole("button", { name: "Make the group" }).click();
  await form.refusedWith("is not a mail address");
  await expect(fresh.getByLabel("Name")).toHaveValue(name);
  await expect(fresh.getByLabel("People")).toHaveValue("no address");
  await fresh.getByLabel("People").fill(`${otto.email}\n${eva}`);
  await fresh.getByRole("button", { name: "Make the group" }).click();

  await expect(layout.notice).toContainText("The group is saved.");
  const members = page.getByRole("region", { name: "People" });
  await expect(members.getByRole("link")).toHaveText([eva, "Otto"]);
  const change = page.getByRole("region", { name: "Change" });
  await change.getByLabel("People").fill(otto.email);
  await change.getByRole("button", { name: "Save the changes" }).click();
  await expect(members.getByRole("link")).toHaveText(["Otto"]);

  await page.goto("/groups");
  await expect(layout.row(name)).toContainText("1");
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Delete the group" }).click();
  await expect(layout.notice).toContainText("The group is deleted.");
  await expect(layout.row(name)).toHaveCount(0);
});

test("two groups cannot have the same name", async ({ people, windowOf }) => {
  const name = people.address("board");
  await (await people.admin.client()).post("/groups", { name, members: "" });
  const page = await windowOf(people.admin);
  await page.goto("/groups");
  const fresh = page.getByRole("region", { name: "New group" });
  await fresh.getByLabel("Name").fill(name.toUpperCase());
  await fresh.getByRole("button", { name: "Make the group" }).click();
  await new FormPage(page).refusedWith("There is a group of this name already.");
});

test("a person's page says who their manager is, and refuses circles", async ({ people, windowOf }) => {
  const [rita, otto] = [await people.invite("Rita", "requester"), await people.invite("Otto", "approver")];
  const page = await windowOf(people.admin);
  const layout = new Layout(page);
  const open = async (person: typeof rita) => {
    await page.goto("/people");
    await layout.row(person.email).getByRole("link", { name: person.name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(person.name);
  };
  const save = async (address: string) => {
    const manager = page.getByRole("region", { name: "Manager" });
    await manager.getByLabel("Mail address").fill(address);
    await manager.getByRole("button", { name: "Save the manager" }).click();
  };
  await open(rita);
  await save(otto.email);
  await expect(layout.notice).toContainText("The change is saved.");
  const about = page.getByRole("region", { name: "About" });
  await about.getByRole("link", { name: "Otto" }).click();
  await expect(page.getByRole("region", { name: "About" }).getByRole("link", { name: "Rita" })).toBeVisible();
  await save(rita.email);
  await new FormPage(page).refusedWith("Rita reports to this person");
  await page.goto("/people");
  await expect(layout.row(rita.email).getByRole("cell").nth(3)).toContainText("Otto");
});
