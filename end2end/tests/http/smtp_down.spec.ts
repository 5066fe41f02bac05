// The mail server is away: requests still work, the outbox says what it said, and the mail arrives when it is back.

import { Client, decideByLink, words } from "../../fixtures/client.mjs";
import { submitRequest } from "../../fixtures/requests.mjs";
import { MailServer, about } from "../../fixtures/mail";
import { Server } from "../../fixtures/server.mjs";
import { until } from "../../fixtures/until.mjs";
import { expect, test as base } from "../../fixtures/app";
import { admin } from "../../fixtures/users";

const test = base.extend<{ own: { server: Server; mail: MailServer; root: Client } }>({
  own: async ({}, use) => {
    const mail = await MailServer.start();
    const server = await Server.start({
      COUNTERSIGN_SMTP_URL: mail.url, COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password,
    });
    await use({ server, mail, root: await new Client(server.url).signIn(admin) });
    await server.stop();
    await mail.down();
  },
});

test("nothing is lost while the mail server is away, and its trouble is shown", async ({ own: { server, mail, root } }) => {
  await mail.down();
  const path = await submitRequest(root, { title: "No postman", approvers: ["otto@away.test"] });
  expect((await root.get(path)).status).toBe(200);
  const outbox = await until("the outbox shows the failure", async () => {
    const text = words((await root.get("/outbox")).text);
    return text.includes("Next attempt") && text;
  });
  expect(outbox).toContain("does not take mails at the moment");
  expect(outbox.toLowerCase()).toMatch(/connection refused|connect/);

  await mail.up();
  const page = (await root.get("/outbox")).text.match(/href="\/outbox\/([0-9a-f-]{36})"/)![1];
  expect((await root.get(`/outbox/${page}`)).status).toBe(200);
  const arrived = await mail.next("otto@away.test", about("No postman"));
  expect((await decideByLink(server.url, arrived.link, "approve")).answer.status).toBe(303);
});

test("a mail server that refuses for now is asked again, with the same message id", async ({ own: { mail, root } }) => {
  mail.refused.set("otto@busy.test", "451 Greylisted, come back later");
  await submitRequest(root, { title: "Come back later", approvers: ["otto@busy.test"] });
  await until("the outbox shows the sentence", async () => (await root.get("/outbox")).text.includes("Greylisted, come back later"));
  mail.refused.delete("otto@busy.test");
  await mail.next("otto@busy.test", about("Come back later"));
});

test("a process that is killed sends the mail after it is started again", async ({ own: { server, mail, root } }) => {
  await mail.down();
  await submitRequest(root, { title: "After the crash", approvers: ["otto@crash.test"] });
  await server.kill();
  await mail.up();
  await server.up();
  const arrived = await mail.next("otto@crash.test", about("After the crash"));
  expect((await decideByLink(server.url, arrived.link, "approve")).answer.status).toBe(303);
});
