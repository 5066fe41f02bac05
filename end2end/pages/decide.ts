// The decision form, on the page behind a link and on a request's page; and what a link page says.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

export class DecisionForm extends FormPage {
  readonly approve = this.page.getByRole("radio", { name: /^Approve/ });
  readonly reject = this.page.getByRole("radio", { name: /^Reject/ });
  readonly reason = this.page.getByRole("textbox", { name: "Reason" });
  readonly sendButton = this.page.getByRole("button", { name: "Send decision" });

  async choose(verdict: "approve" | "reject", reason?: string) {
    await (verdict === "approve" ? this.approve : this.reject).check();
    if (reason !== undefined) await this.reason.fill(reason);
  }

  async decide(verdict: "approve" | "reject", reason?: string) {
    await this.choose(verdict, reason);
    await this.sendButton.click();
  }
}

/** What a link from a mail opens. */
export class DecidePage extends DecisionForm {
  static async open(page: Page, path: string) {
    await page.goto(path);
    return new DecidePage(page);
  }
}
