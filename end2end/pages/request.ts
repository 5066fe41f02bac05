// `/requests/{id}`.

import { expect, type Page } from "@playwright/test";
import { DecisionForm } from "./decide";

export class RequestPage extends DecisionForm {
  /** State, due time and revision, below the heading. */
  readonly status = this.page.locator('[data-live-part="status"]');
  /** Who is asked, and what the clock will do. */
  readonly approvers = this.page.getByRole("region", { name: "Approvers" });
  /** What happened, oldest first. */
  readonly events = this.page.getByRole("region", { name: "What happened" });

  /** What takes the request back, closed until it is opened. */
  readonly withdrawal = this.page.locator("details").filter({ hasText: "Withdraw the request" });
  /** The form below the events. */
  readonly talk = this.page.getByRole("region", { name: "Add a comment" });

  static async open(page: Page, path: string) {
    await page.goto(path);
    return new RequestPage(page);
  }

  async withdraw(why: string) {
    await this.withdrawal.locator("summary").click();
    await this.withdrawal.getByLabel("Why").fill(why);
    await this.withdrawal.getByRole("button", { name: "Withdraw", exact: true }).click();
  }

  async comment(text: string) {
    await this.talk.getByLabel("Comment").fill(text);
    await this.talk.getByRole("button", { name: "Comment" }).click();
  }

  /** Looks once whether the request is in this state. */
  async stands(state: string, timeout?: number) {
    await expect(this.status.getByText(state, { exact: true })).toBeVisible({ timeout });
  }

  /** One person of the stage. */
  person(label: string) {
    return this.approvers.getByRole("listitem").filter({ hasText: label, hasNotText: "Escalate to" });
  }
}
