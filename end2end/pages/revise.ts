// `/requests/{id}/revise`.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

/** What a test fills in; the rest stays as the present revision has it. */
export type Mending = { title?: string; text?: string; drop?: string[]; files?: { name: string; mimeType: string; buffer: Buffer }[]; note?: string };

export class RevisePage extends FormPage {
  static async open(page: Page, request: string) {
    await page.goto(`${request}/revise`);
    return new RevisePage(page);
  }

  async submit({ title, text, drop = [], files, note }: Mending) {
    const { page } = this;
    if (title !== undefined) await page.getByLabel("Title").fill(title);
    if (text !== undefined) await page.getByLabel("Text", { exact: true }).fill(text);
    for (const name of drop) await page.getByRole("checkbox", { name }).uncheck();
    if (files) await page.getByLabel("Files", { exact: false }).and(page.locator("input[type=file]")).setInputFiles(files);
    if (note !== undefined) await page.getByLabel("Note").fill(note);
    await page.getByRole("button", { name: "Submit the revision" }).click();
  }
}
