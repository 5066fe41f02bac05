// What all forms share.

import { expect, type Locator, type Page } from "@playwright/test";

/** A page with a form. */
export class FormPage {
  readonly heading: Locator;
  /** The list of everything that is wrong. */
  readonly errors: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.errors = page.getByRole("alert");
  }

  /** The form came back with these messages, and the list of them has the focus, where the browser moves it. */
  async refusedWith(...messages: string[]) {
    for (const message of messages) await expect(this.errors).toContainText(message);
    await expect(this.errors).toBeFocused();
  }

  /** Sends the form although the browser would ask for what is missing: what the server says is under test. */
  async withoutChecks() {
    await this.page.locator("form").evaluateAll((forms) => forms.forEach((form) => form.setAttribute("novalidate", "")));
  }
}
