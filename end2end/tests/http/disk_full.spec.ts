// The database may not grow any more (COUNTERSIGN_MAX_DATABASE_MB): changes are refused with a clear message, nothing that
// was acknowledged is lost, and with room again everything goes on.

import { Client, decideByLink, headingOf, words } from "../../fixtures/client.mjs";
import { requestFields, submitRequest } from "../../fixtures/requests.mjs";
import { MailServer, about } from "../../fixtures/mail";
import { Server } from "../../fixtures/server.mjs";
import { expect, test } from "../../fixtures/app";
import { admin } from "../../fixtures/users";

test("a full database refuses what it cannot keep, shows what it has, and goes on when there is room", async () => {
  test.setTimeout(120_000);
  const mail = await MailServer.start();
  const env = { COUNTERSIGN_SMTP_URL: mail.url, COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password };
  const server = await Server.start({ ...env, COUNTERSIGN_MAX_DATABASE_MB: "3" });
  try {
    const root = await new Client(server.url).signIn(admin);
    const first = await submitRequest(root, { title: "Before it is full", approvers: ["otto@full.test"] });
    const asked = await mail.next("otto@full.test", about("Before it is full"));

    const kept = [];
    let refused = null;
    for (let number = 1; number <= 60 && !refused; number++) {
      const title = `Filling ${number}`;
      const file = new File([new Uint8Array(200_000).map((_, index) => (index * number) % 251)], "filling.bin");
      const answer = await root.send("POST", "/requests/new", { multipart: requestFields({ title, approvers: [`a${number}@full.test`], files: [file] }) });
      if (answer.status === 303) kept.push({ title, path: new URL(answer.location!, server.url).pathname });
      else refused = answer;
    }
    expect(refused, "at last a request is refused").not.toBeNull();
    expect(refused!.status).toBe(503);
    expect(headingOf(refused!.text)).toBe("Not possible at this moment");
    expect(words(refused!.text)).toMatch(/full|space|room/i);

    // Reading works, and what cannot be done is refused by every form.
    for (const { title, path } of [{ title: "Before it is full", path: first }, ...kept]) expect((await root.get(path)).text).toContain(title);
    for (const path of ["/", "/outbox", "/instances", "/people"]) expect((await root.get(path)).status, path).toBe(200);
    for (let attempt = 0; attempt < 30; attempt++) {
      const text = "words ".repeat(20_000);
      const answer = await root.send("POST", "/requests/new", { multipart: requestFields({ title: "More", text, approvers: ["b@full.test"] }) });
      expect([303, 503]).toContain(answer.status);
    }
    const answer = await decideByLink(server.url, asked.link, "approve").then((decided) => decided.answer);
    expect([303, 503]).toContain(answer.status);

    await server.kill("SIGTERM");
    server.env = env;
    await server.up();
    const again = await new Client(server.url).signIn(admin);
    for (const { title, path } of kept) expect((await again.get(path)).text).toContain(title);
    const decided = await decideByLink(server.url, asked.link, "approve");
    expect(headingOf((await decided.client.get(decided.path)).text)).toBe("You approved this request");
    // The mails that could not be noted while there was no room are sent now.
    for (const [index, { title }] of kept.entries()) await mail.next(`a${index + 1}@full.test`, about(title));
  } finally {
    await server.stop();
    await mail.down();
  }
});
