// Monitors as people use them, against a real service that goes down and comes back.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { about } from "../fixtures/mail";
import { expect, showsBeforeLong, test } from "../fixtures/app";
import { FormPage } from "../pages/form";
import { Layout } from "../pages/layout";

/** A service that answers with the status that it is given. */
class Service {
  status = 200;
  asked = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((_, response) => {
      this.asked += 1;
      response.writeHead(this.status, { connection: "close" }).end("all is well");
    });
  }

  async start() {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return this;
  }

  get url() {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/health`;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

let service: Service;

test.beforeEach(async () => {
  service = await new Service().start();
});

test.afterEach(async () => {
  await service.stop();
});

/** Fills the form for a new monitor in and sends it. */
async function make(page: Page, name: string, url: string, more: Record<string, string> = {}) {
  await page.goto("/monitors/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Address", { exact: true }).fill(url);
  await page.getByLabel("Check every").selectOption("1 day");
  await page.getByLabel("Try again").fill("0");
  for (const [label, value] of Object.entries(more)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Start to monitor" }).click();
}

/** Waits until the page shows the state: by itself where scripts run. */
async function stands(page: Page, javaScriptEnabled: boolean | undefined, word: string) {
  await expect(page).toHaveURL(/\/monitors\/[0-9a-f-]{36}/);
  await page.waitForLoadState();
  await showsBeforeLong(page, javaScriptEnabled, (timeout) => expect(page.locator(".status .badge")).toHaveText(word, { timeout }));
}

async function checkNow(page: Page) {
  // Right after a check the portal asks for patience.
  const address = page.url().split("?")[0];
  await expect(async () => {
    await page.goto(address);
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(page).toHaveURL(/done=monitor-(just-)?checked/);
    expect(page.url()).toMatch(/done=monitor-checked/);
  }).toPass();
}

async function remove(page: Page) {
  await page.locator("summary").filter({ hasText: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the monitor" }).click();
  await expect(new Layout(page).notice).toContainText("deleted");
}

test("a service that goes down and comes back is seen and told", async ({ people, portal, windowOf, javaScriptEnabled }) => {
  test.setTimeout(60_000);
  const rita = await people.invite("Rita", "requester");
  const page = await windowOf(rita);
  const [name, ops] = [`Shop ${people.address("shop")}`, people.address("ops")];
  await make(page, name, service.url, { "Mail addresses": ops });
  await stands(page, javaScriptEnabled, "Up");
  expect(service.asked).toBe(1);

  service.status = 503;
  await checkNow(page);
  await stands(page, javaScriptEnabled, "Down");
  const down = await portal.mail.next(ops, about(name));
  expect(down.text).toContain("The status was 503");
  await expect(page.getByRole("region", { name: "Incidents" })).toContainText("Not yet");

  service.status = 200;
  await checkNow(page);
  await stands(page, javaScriptEnabled, "Up");
  const back = await portal.mail.next(ops, about(name), 2);
  expect(back.text).toContain("is back");
  await expect(page.getByRole("region", { name: "Checks", exact: true })).toContainText("503");

  await new Layout(page).goTo("Monitors");
  const row = new Layout(page).row(name);
  await expect(row).toContainText("66.66 %");
  await expect(row.getByRole("img")).toHaveAccessibleName(/Checks shown: 3, failed: 1/);
  await row.getByRole("link").click();
  await remove(page);
});

test("a monitor is paused, changed and resumed, by its owner and by nobody else but admins", async ({
  people,
  windowOf,
  javaScriptEnabled,
}) => {
  const rita = await people.invite("Rita", "requester");
  const otto = await people.invite("Otto", "approver");
  const page = await windowOf(rita);
  const name = `Shop ${people.address("shop")}`;
  await make(page, name, service.url);
  await stands(page, javaScriptEnabled, "Up");
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.locator(".status .badge")).toHaveText("Paused");

  await page.locator("summary").filter({ hasText: "Change the settings" }).click();
  await page.getByLabel("Text in it").fill("all is lost");
  await page.getByRole("button", { name: "Save the changes" }).click();
  await expect(page.getByRole("region", { name: "About" })).toContainText("all is lost");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await stands(page, javaScriptEnabled, "Down");
  await expect(page.getByRole("main")).toContainText("does not contain the expected text");

  const address = page.url().split("?")[0];
  const other = await windowOf(otto);
  await other.goto(address);
  await expect(other.getByRole("heading", { level: 1 })).toContainText(name);
  await expect(other.getByRole("button", { name: "Pause" })).toHaveCount(0);
  const client = await otto.client();
  expect((await client.post(`${new URL(address).pathname}/pause`)).status).toBe(403);
  expect((await client.get("/monitors/new")).status).toBe(403);
  const admin = await windowOf(people.admin);
  await admin.goto(address);
  // Pages that follow the monitor would ask for one that is gone.
  for (const open of [page, other]) await open.goto("/monitors");
  await remove(admin);
});

test("an address that is not public is refused with its field, and what was typed is kept", async ({ people, windowOf }) => {
  const page = await windowOf(people.admin);
  for (const url of ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://ana:secret@127.0.0.1/"]) {
    await make(page, "Inside", url);
    await new FormPage(page).refusedWith(url.includes("@") ? "must not hold a user name" : "not public");
    await expect(page.getByLabel("Address", { exact: true })).toHaveValue(url);
  }
});
