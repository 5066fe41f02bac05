// `/instances/{id}`.

import { expect, type Page } from "@playwright/test";
import { FormPage } from "./form";

type Verb = "Suspend" | "Resume" | "Rewind" | "Restart" | "Start another one" | "Terminate";

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

  /** What it said of itself, gave and was given. */
  readonly values = this.page.getByRole("region", { name: "Output and input" });

  /** Looks once whether the instance is in this state. */
  async stands(state: string, timeout?: number) {
    await expect(this.page.locator('[data-live-part="status"]').getByText(state, { exact: true })).toBeVisible({ timeout });
  }

  /** Raises an event. */
  async raise(event: string, value: string) {
    const form = this.page.getByRole("region", { name: "Raise an event" });
    await form.getByLabel("Name").fill(event);
    await form.getByLabel("Value").fill(value);
    await form.getByRole("button", { name: "Raise" }).click();
  }

  /** Removes it; `id` is what is typed to confirm. */
  async purge(id: string) {
    const field = this.page.getByLabel("Its id");
    if (!(await field.isVisible())) await this.page.locator("summary").filter({ hasText: "Purge" }).click();
    await field.fill(id);
    await this.page.getByRole("button", { name: "Purge" }).click();
  }

  /** Waits until the instance is in this state, reloading as a person would. */
  async reaches(state: string) {
    await expect(async () => {
      await this.page.reload();
      await expect(this.page.getByRole("main").getByText(state, { exact: true }).first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
  }
}
