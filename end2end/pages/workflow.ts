// `/workflows` and `/workflows/{name}`.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

/** The page of a workflow, with the form made from its input's schema. */
export class WorkflowPage extends FormPage {
  /** The form with one control per property. */
  readonly form = this.page.locator("form").filter({ has: this.page.getByRole("button", { name: "Start", exact: true }) });
  /** The form with the whole input as JSON. */
  readonly jsonForm = this.page.locator("form").filter({ has: this.page.getByRole("button", { name: "Start with this JSON" }) });
  readonly runs = this.page.getByRole("region", { name: /newest runs/i });

  static async open(page: Page, name: string, query = "") {
    await page.goto(`/workflows/${name}${query}`);
    return new WorkflowPage(page);
  }

  field(label: string) {
    return this.form.getByLabel(label);
  }

  async start() {
    await this.form.getByRole("button", { name: "Start", exact: true }).click();
  }

  /** Opens the part for JSON where it is folded, and starts with this. */
  async startWithJson(json: string) {
    const fold = this.page.locator("summary").filter({ hasText: "Write the input as JSON" });
    if (!(await this.jsonForm.isVisible())) await fold.click();
    await this.jsonForm.getByLabel("Input as JSON").fill(json);
    await this.jsonForm.getByRole("button", { name: "Start with this JSON" }).click();
  }
}
