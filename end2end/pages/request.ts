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
  /** What asks whoever has not answered once more. */
  readonly remindButton = this.page.getByRole("button", { name: "Remind" });
  /** Who observes the request. */
  readonly observers = this.page.getByRole("region", { name: "Observers" });
  /** Who asked for changes, why, and the way to the next revision. */
  readonly next = this.page.locator('[data-live-part="revise"]');
  readonly reviseLink = this.page.getByRole("link", { name: "Submit a new revision" });
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

  /** One of the forms that are closed until they are opened. */
  verb(word: string) {
    return this.page.locator("details").filter({ hasText: word });
  }

  async openVerb(word: string) {
    const verb = this.verb(word);
    await verb.locator("summary").click();
    return verb;
  }

  async addApprover(address: string) {
    const form = await this.openVerb("Add an approver");
    await form.getByLabel("Address of the approver").fill(address);
    await form.getByRole("button", { name: "Ask" }).click();
  }

  async letObserve(address: string) {
    const form = await this.openVerb("Let somebody observe it");
    await form.getByLabel("Address of the observer").fill(address);
    await form.getByRole("button", { name: "Let them observe it" }).click();
  }

  /** Passes on one's own question, or, where there is a choice, the one of `whose`. */
  async passOn(to: string, why: string, whose?: string) {
    const form = await this.openVerb(whose ? "Pass a question on" : "Pass on to somebody else");
    if (whose) await form.getByLabel("Whose question").selectOption({ label: whose });
    await form.getByLabel("Address of whoever is asked instead").fill(to);
    await form.getByLabel("Why").fill(why);
    await form.getByRole("button", { name: "Pass on" }).click();
  }

  async overrule(verdict: "Approve" | "Reject", why: string) {
    const form = await this.openVerb("Decide over everybody");
    await form.getByRole("radio", { name: verdict }).check();
    await form.getByLabel("Why").fill(why);
    await form.getByRole("button", { name: "Decide" }).click();
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
