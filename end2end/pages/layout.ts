// What stands around every page.

import type { Locator, Page } from "@playwright/test";

export class Layout {
  readonly navigation: Locator;
  readonly signOutButton: Locator;
  readonly notice: Locator;

  constructor(readonly page: Page) {
    this.navigation = page.getByRole("navigation", { name: "Main" });
    this.signOutButton = page.getByRole("button", { name: "Sign out" });
    this.notice = page.getByRole("main").getByRole("status");
  }

  async goTo(entry: "Inbox" | "Instances" | "People" | "Outbox") {
    await this.navigation.getByRole("link", { name: entry }).click();
  }

  /** A table's row by the text in it. */
  row(text: string) {
    return this.page.getByRole("row").filter({ hasText: text });
  }
}
