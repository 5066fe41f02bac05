// `/policies/new` and `/policies/{id}`.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

export class PolicyPage extends FormPage {
  static async open(page: Page) {
    await page.goto("/policies/new");
    return new PolicyPage(page);
  }

  get name() {
    return this.page.getByRole("textbox", { name: "Name", exact: true });
  }

  /** The fields of a stage, counted from 1. */
  stage(number: number) {
    return this.page.getByRole("group", { name: `Stage ${number}`, exact: true });
  }

  /** Whom a stage asks: addresses only. */
  async asks(number: number, ...addresses: string[]) {
    await this.stage(number).getByRole("checkbox", { name: "The requester's manager" }).setChecked(false);
    await this.stage(number).getByRole("textbox", { name: "People" }).fill(addresses.join("\n"));
  }

  /** A control of a step of a stage, both counted from 1. */
  step(stage: number, step: number, what: string) {
    return this.page.getByLabel(`Stage ${stage}, step ${step}: ${what}`, { exact: true });
  }

  get preview() {
    return this.page.getByRole("region", { name: "Who will be asked when" });
  }

  async press(button: string) {
    await this.page.getByRole("button", { name: button }).first().click();
  }

  async save() {
    await this.page.getByRole("button", { name: /^(Make the policy|Save as a new version)$/ }).click();
  }

  async archive() {
    await this.press("Archive it");
  }
}
