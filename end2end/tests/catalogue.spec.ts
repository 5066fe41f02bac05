// Workflows that people start themselves, and what they do with the runs.

import { expect, showsBeforeLong, test } from "../fixtures/app";
import { startRun } from "../fixtures/runs.mjs";
import { InstancePage } from "../pages/instance";
import { Layout } from "../pages/layout";
import { WorkflowPage } from "../pages/workflow";

const idOf = (page: { url(): string }) => decodeURIComponent(new URL(page.url()).pathname.split("/")[2]);

test("a requester starts a workflow by its form, follows the run and finds it again", async ({ people, windowOf, javaScriptEnabled }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  await page.goto("/");
  const layout = new Layout(page);
  await layout.goTo("Workflows");
  await page.getByRole("link", { name: "OrderProcessing", exact: true }).click();
  const workflow = new WorkflowPage(page);
  await expect(workflow.heading).toHaveText("OrderProcessing");
  await expect(workflow.field("Item")).toHaveValue("Lamp");
  await workflow.field("Item").fill("Desk");
  await workflow.field("Quantity").fill("3");
  await workflow.start();

  await expect(layout.notice).toContainText("The run has started.");
  const run = new InstancePage(page);
  const id = idOf(page);
  await page.waitForLoadState();
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => run.stands("Completed", timeout));
  await expect(run.values).toContainText("Order processed successfully!");
  await expect(run.values).toContainText("Desk");

  await page.goto("/instances");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your runs");
  await expect(layout.row(id)).toContainText("Completed");
  await WorkflowPage.open(page, "OrderProcessing");
  await expect(workflow.runs).toContainText(id);
});

test("an address fills the form in and starts nothing until the button is pressed", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const workflow = await WorkflowPage.open(page, "OrderProcessing", "?item=Chair&quantity=4");
  await expect(workflow.field("Item")).toHaveValue("Chair");
  await expect(workflow.field("Quantity")).toHaveValue("4");
  await expect(workflow.runs).toContainText("You have not started it yet.");
  const input = encodeURIComponent(JSON.stringify({ item: "Shelf", quantity: 1, card: "4242" }));
  await WorkflowPage.open(page, "OrderProcessing", `?input=${input}`);
  await expect(workflow.field("Item")).toHaveValue("Shelf");
  await workflow.start();
  await expect(new InstancePage(page).values).toContainText("Shelf");
});

test("what is not right with an input comes back as it was typed, in the form that was sent", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const workflow = await WorkflowPage.open(page, "OrderProcessing");
  await workflow.withoutChecks();
  await workflow.field("Item").fill("");
  await workflow.field("Quantity").fill("a few");
  await workflow.start();
  await workflow.refusedWith("Item must be filled in.", "Quantity must be a whole number.");
  await expect(workflow.field("Quantity")).toHaveValue("a few");

  await workflow.startWithJson('{"item": ');
  await workflow.refusedWith("This is not JSON");
  await expect(workflow.jsonForm.getByLabel("Input as JSON")).toHaveValue('{"item": ');

  await workflow.jsonForm.getByLabel("Id of the run").fill("request-1");
  await workflow.startWithJson('{"item": "Desk", "quantity": 1, "card": "4242"}');
  await workflow.refusedWith("portal's own");
});

test("an id is taken once, and an input without controls is written as JSON", async ({ people, windowOf }) => {
  const page = await windowOf(await people.invite("Rita", "requester"));
  const id = people.address("tasks").replace(/\W/g, "-");
  const workflow = await WorkflowPage.open(page, "FanOutFanIn");
  await expect(page.getByText("Write the input as JSON")).toHaveCount(0);
  await workflow.jsonForm.getByLabel("Id of the run").fill(id);
  await workflow.startWithJson('["One", "Two"]');
  await expect(page).toHaveURL(new RegExp(`/instances/${id}\\b`));
  const run = new InstancePage(page);
  await run.reaches("Completed");
  await expect(run.values).toContainText("Two");
});

test("a run that waits for a person is decided on its page", async ({ people, portal, windowOf, javaScriptEnabled }) => {
  const rita = await people.invite("Rita", "requester");
  const path = await startRun(await rita.client(), "HumanInteraction", {
    "in.document": "Lease",
    "in.approver": people.address("otto"),
    "in.timeout_seconds": "3600",
    "in.on_timeout": "reject",
  });
  const page = await windowOf(rita);
  await page.goto(path);
  const run = new InstancePage(page);
  const question = page.getByRole("region", { name: "It waits for a decision" });
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => expect(question).toBeVisible({ timeout }));
  await question.getByRole("button", { name: "Approve" }).click();
  await expect(new Layout(page).notice).toContainText("The event is raised.");
  await page.waitForLoadState();
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => run.stands("Completed", timeout));
  await expect(run.values).toContainText(rita.email);
  await expect(run.values).toContainText("approved");
  expect(portal.server.output).not.toContain("panicked");
});

test("a run is suspended, resumed, terminated, started again beside itself and removed", async ({ people, windowOf }) => {
  const rita = await people.invite("Rita", "requester");
  const path = await startRun(await rita.client(), "AsyncHttp", { "in.seconds": "3600" });
  const page = await windowOf(rita);
  await page.goto(path);
  const run = new InstancePage(page);
  const id = idOf(page);
  await run.change("Suspend", "Lunch");
  await run.stands("Suspended");
  await expect(page.getByText("It is suspended already.")).toBeVisible();
  await run.change("Resume", "Back");
  await run.withoutChecks();
  await run.raise("Anything", "{no JSON");
  await run.refusedWith("This is not JSON");
  await run.raise("Anything", '{"any": 1}');
  await expect(new Layout(page).notice).toContainText("The event is raised.");
  await run.change("Terminate", "No longer needed");
  await run.reaches("Terminated");
  await expect(page.getByRole("main")).toContainText("No longer needed");

  await run.change("Start another one", "Needed after all");
  await expect(new Layout(page).notice).toContainText("The run has started.");
  const another = idOf(page);
  expect(another).not.toBe(id);
  await run.change("Terminate", "Enough");

  await page.goto(path);
  await run.withoutChecks();
  await run.purge("something else");
  await run.refusedWith(`Type ${id} to remove it.`);
  await run.purge(id);
  await expect(new Layout(page).notice).toContainText("The run is removed");
  expect((await page.goto(path))?.status()).toBe(404);
});

test("somebody else's run looks like one that does not exist, and an admin sees it", async ({ people, windowOf }) => {
  const [rita, uma] = [await people.invite("Rita", "requester"), await people.invite("Uma", "requester")];
  const path = await startRun(await rita.client(), "AsyncHttp", { "in.seconds": "3600" });
  const page = await windowOf(uma);
  expect((await page.goto(path))?.status()).toBe(404);
  expect((await page.goto(`${path}/events`))?.status()).toBe(404);
  await page.goto("/instances");
  await expect(page.getByText("You have not started anything yet")).toBeVisible();

  const admins = await windowOf(people.admin);
  expect((await admins.goto(path))?.status()).toBe(200);
  await new InstancePage(admins).change("Terminate", "Found lying around");
  await new InstancePage(admins).reaches("Terminated");
});

test("an admin looks through the entities", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  await page.goto("/instances");
  await page.getByRole("link", { name: "Entities" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Entities");
  await page.getByLabel("Name").fill("no-such-thing");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No entity has this name")).toBeVisible();
});
