// `/requests/new`.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

/** What a test fills in; the rest stays as the form offers it. Times are a number and a unit: "0.1 minutes". */
export type Wish = {
  title?: string;
  text?: string;
  files?: { name: string; mimeType: string; buffer: Buffer }[];
  approvers?: string[];
  rule?: "Any one" | "All of them" | "A number";
  needed?: string;
  within?: string;
  remind?: string;
  escalateTo?: string;
  escalateFor?: string;
  inTheEnd?: "Reject" | "Approve" | "Let it expire";
};

export class NewRequestPage extends FormPage {
  static async open(page: Page) {
    await page.goto("/requests/new");
    return new NewRequestPage(page);
  }

  approver(number: number) {
    return this.page.getByRole("textbox", { name: `Approver ${number}`, exact: true });
  }

  async fill(wish: Wish) {
    const { page } = this;
    if (wish.title !== undefined) await page.getByLabel("Title").fill(wish.title);
    if (wish.text !== undefined) await page.getByLabel("Text", { exact: true }).fill(wish.text);
    if (wish.files) await page.getByLabel("Files").setInputFiles(wish.files);
    for (const [index, address] of (wish.approvers ?? []).entries()) await this.approver(index + 1).fill(address);
    if (wish.rule) await page.getByRole("radio", { name: wish.rule }).check();
    if (wish.needed !== undefined) await page.getByLabel("How many").fill(wish.needed);
    await this.time("Decide within", wish.within);
    await this.time("Remind before the time is up", wish.remind);
    if (wish.escalateTo !== undefined) await page.getByLabel("Then also ask").fill(wish.escalateTo);
    await this.time("And give them", wish.escalateFor);
    if (wish.inTheEnd) await page.getByRole("group", { name: "In the end" }).getByRole("radio", { name: wish.inTheEnd }).check();
  }

  private async time(label: string, wish?: string) {
    if (wish === undefined) return;
    const [number, unit] = wish.split(" ");
    await this.page.getByLabel(label, { exact: true }).fill(number);
    if (unit) await this.page.getByLabel(`${label}, unit`, { exact: true }).selectOption(unit);
  }

  async send() {
    await this.page.getByRole("button", { name: "Send for approval" }).click();
  }

  async submit(wish: Wish) {
    await this.fill(wish);
    await this.send();
  }
}
