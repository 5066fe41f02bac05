// What stands around every page.

import type { Locator, Page } from "@playwright/test";

export class Layout {
  readonly navigation: Locator;
  /** Opens what is the reader's own: tokens, webhooks, the way out. There is one for whoever is signed in. */
  readonly accountMenu: Locator;
  readonly signOutButton: Locator;
  readonly notice: Locator;

  constructor(readonly page: Page) {
    this.navigation = page.getByRole("navigation", { name: "Main" });
    this.accountMenu = page.getByRole("banner").locator("summary");
    this.signOutButton = page.getByRole("button", { name: "Sign out" });
    this.notice = page.getByRole("main").getByRole("status");
  }

  async goTo(entry: "Inbox" | "Workflows" | "Monitors" | "Instances" | "People" | "Outbox") {
    await this.navigation.getByRole("link", { name: entry }).click();
  }

  /** An entry for those who connect programs. */
  async develop(entry: "API tokens" | "Webhooks" | "API reference") {
    await this.accountMenu.click();
    await this.page.getByRole("navigation", { name: "Developer" }).getByRole("link", { name: entry }).click();
  }

  /** An entry that is the reader's own. */
  async own(entry: "Settings" | "Absence") {
    await this.accountMenu.click();
    await this.page.getByRole("navigation", { name: "Yours" }).getByRole("link", { name: entry }).click();
  }

  /** An entry for admins that is not in the navigation. */
  async administer(entry: "Policies" | "Groups" | "Audit log") {
    await this.accountMenu.click();
    await this.page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: entry }).click();
  }

  async signOut() {
    await this.accountMenu.click();
    await this.signOutButton.click();
  }

  /** A table's row by the text in it. */
  row(text: string) {
    return this.page.getByRole("row").filter({ hasText: text });
  }
}
