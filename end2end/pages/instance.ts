// `/instances/{id}`.

import { expect, type Page } from "@playwright/test";
import { FormPage } from "./form";

type Verb = "Suspend" | "Resume" | "Restart" | "Terminate";

export class InstancePage extends FormPage {
  static async open(page: Page, id: string) {
    await page.goto(`/instances/${id}`);
    return new InstancePage(page);
  }

  /** Opens the verb's form. */
  async unfold(verb: Verb) {
    await this.page.locator("summary").filter({ hasText: verb }).click();
  }

  /** Does a verb, with its reason. */
  async change(verb: Verb, reason: string) {
    await this.unfold(verb);
    const form = this.page.getByRole("group").filter({ has: this.page.getByRole("button", { name: verb }) });
    await form.getByLabel("Reason").fill(reason);
    await form.getByRole("button", { name: verb }).click();
  }

  /** Waits until the instance is in this state, reloading as a person would. */
  async reaches(state: string) {
    await expect(async () => {
      await this.page.reload();
      await expect(this.page.getByRole("main").getByText(state, { exact: true }).first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
  }
}
