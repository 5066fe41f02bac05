// The decision form, on the page behind a link and on a request's page; and what a link page says.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

type Verdict = "approve" | "reject" | "request changes";

export class DecisionForm extends FormPage {
  readonly approve = this.page.getByRole("radio", { name: /^Approve/ });
  readonly reject = this.page.getByRole("radio", { name: /^Reject/ });
  readonly requestChanges = this.page.getByRole("radio", { name: /^Request changes/ });
  /** From the second revision on: what changed since the one before. */
  readonly changes = this.page.getByRole("link", { name: /^Changes since r/ });
  readonly reason = this.page.getByRole("textbox", { name: "Reason" });
  /** Where the policy asks for one. */
  readonly code = this.page.getByRole("textbox", { name: "Code" });
  readonly mailCode = this.page.getByRole("button", { name: /^Mail me (a|another) code$/ });
  readonly sendButton = this.page.getByRole("button", { name: "Send decision" });

  async choose(verdict: Verdict, reason?: string) {
    const tiles = { approve: this.approve, reject: this.reject, "request changes": this.requestChanges };
    await tiles[verdict].check();
    if (reason !== undefined) await this.reason.fill(reason);
  }

  async decide(verdict: Verdict, reason?: string) {
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
