// Set-up, sign-in and accepting an invitation.

import type { Page } from "@playwright/test";
import { FormPage } from "./form";

type Account = { name?: string; email?: string; password: string };

/** `/setup` and `/invite/…`. */
export class NewAccountPage extends FormPage {
  async create({ name, email, password }: Account) {
    if (name !== undefined) await this.page.getByLabel("Your name").fill(name);
    if (email !== undefined) await this.page.getByLabel("Mail address").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: /Create (the|my) account/ }).click();
  }
}

/** `/sign-in`. */
export class SignInPage extends FormPage {
  static async open(page: Page) {
    await page.goto("/sign-in");
    return new SignInPage(page);
  }

  async signIn(email: string, password: string) {
    await this.page.getByLabel("Mail address").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }
}
