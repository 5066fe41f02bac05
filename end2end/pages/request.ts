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

  static async open(page: Page, path: string) {
    await page.goto(path);
    return new RequestPage(page);
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
