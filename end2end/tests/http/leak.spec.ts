// No link anywhere but in the mail: a test takes one that the mail server received, uses it in every way, and looks for it
// in the whole data folder, in everything the server wrote, and on every page that an admin or a requester can reach.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Client, decideByLink } from "../../fixtures/client.mjs";
import { submitRequest } from "../../fixtures/requests.mjs";
import { MailServer, about, linksIn } from "../../fixtures/mail";
import { Server } from "../../fixtures/server.mjs";
import { expect, test } from "../../fixtures/app";
import { admin } from "../../fixtures/users";

const PREFIX = "csn_";

/** A token's signature in every form in which it could lie about. */
function traces(token: string): Map<string, Buffer> {
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  const signature = bytes.subarray(-32);
  return new Map([
    ["the token's end", Buffer.from(token.slice(-32))],
    ["the signature's bytes", signature],
    ["the signature in hexadecimal", Buffer.from(signature.toString("hex"))],
    ["the signature in capital hexadecimal", Buffer.from(signature.toString("hex").toUpperCase())],
    ["the signature in base64", Buffer.from(signature.toString("base64").replace(/=+$/, ""))],
    ["the signature in base64url", Buffer.from(signature.toString("base64url"))],
    ["the signature as a list", Buffer.from([...signature.subarray(0, 12)].join(","))],
    ["any token", Buffer.from(PREFIX)],
  ]);
}

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
}

/** Every page that can be reached by links from the start. */
async function pagesOf(client: Client): Promise<Map<string, Buffer>> {
  const seen = new Map<string, Buffer>();
  const waiting = ["/", "/?tab=all", "/requests/new", "/nowhere"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path) || path.startsWith("/assets/")) continue;
    const answer = await client.get(path);
    seen.set(path, Buffer.from(answer.text + JSON.stringify([...answer.headers])));
    const links = [...answer.text.matchAll(/\b(?:href|src|action|data-live)="(\/[^"#]*)"/g)].map(([, link]) => link.replace(/&amp;/g, "&"));
    waiting.push(...links.filter((link) => !link.includes("/events")));
  }
  return seen;
}

test("no link in the database, the logs, the history or any page", async () => {
  const mail = await MailServer.start();
  const server = await Server.start({
    COUNTERSIGN_SMTP_URL: mail.url, COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password, RUST_LOG: "debug",
  });
  const root = await new Client(server.url).signIn(admin);
  try {
    await root.post("/people/invite", [["email", "rita@leak.test"], ["name", "Rita"], ["role", "requester"]]);
    const invitation = await mail.next("rita@leak.test");
    const rita = new Client(server.url);
    await rita.post(new URL(invitation.link).pathname, { name: "Rita", password: "short" });
    await rita.post(new URL(invitation.link).pathname, { name: "Rita", password: "seven small stones" });
    await root.post("/people/invite", [["email", "never@leak.test"], ["name", "Never"], ["role", "requester"]]);
    const open = await mail.next("never@leak.test");

    const ways = { title: "A secret way in", approvers: ["otto@leak.test", "olga@leak.test", "odo@leak.test"], rule: "all" };
    await submitRequest(rita, { ...ways, escalate_to: "eva@leak.test", due: "0.06", due_unit: "minutes", remind: "0.04", remind_unit: "minutes" });
    const [used, unused, wrong] = await Promise.all(ways.approvers.map((address) => mail.next(address, about("A secret way in"))));
    expect((await decideByLink(server.url, used.link, "approve")).answer.status).toBe(303);
    // Everything that may put an address into a log or a page: wrong methods, altered links, strange agents and referrers.
    const token = new URL(wrong.link).pathname.split("/").pop()!;
    const stranger = new Client(server.url);
    for (const path of [`/d/${token}`, `/d/${token}x`, `/d/${token.slice(0, -1)}`, `/d/${token}/more`, `/invite/${token}`, `/setup?token=${token}`, `/sign-in?next=/d/${token}`, `/?before=${token}`, `/decide/${token}`, `/requests/${token}`]) {
      for (const method of ["GET", "HEAD", "POST", "PUT"]) await stranger.send(method, path, { headers: { referer: wrong.link, "user-agent": token } });
      await root.get(path);
    }
    await mail.next("odo@leak.test", about("A secret way in"), 2);
    const escalation = await mail.next("eva@leak.test", about("A secret way in"));
    const holder = new Client(server.url);
    await holder.post(`${(await holder.open(new URL(unused.link).pathname)).path}/new-link`);
    await decideByLink(server.url, escalation.link, "reject", "Found out");
    await mail.next("rita@leak.test", about("A secret way in"));

    const links = [...new Set(mail.mails.flatMap((each) => linksIn(`${each.text}\n${each.html}`)))];
    for (const each of [used, unused, wrong, escalation, invitation, open]) expect(links).toContain(each.link);
    const places = new Map<string, Buffer>([
      ...(await pagesOf(root)), ...[...(await pagesOf(rita))].map(([path, text]) => [`${path} (requester)`, text] as const), ...(await filesOf(server.data)),
    ]);
    expect([...places.keys()].some((path) => path.startsWith("/instances/mail-")), "the search reached histories").toBe(true);
    await server.kill("SIGTERM");
    for (const [path, bytes] of await filesOf(server.data)) places.set(`${path} (stopped)`, bytes);
    places.set("the server's output", Buffer.from(server.output));

    const found = [];
    for (const link of links) {
      for (const [what, trace] of traces(link.split("/").pop()!)) {
        for (const [place, bytes] of places) if (bytes.includes(trace)) found.push(`${what} in ${place}`);
      }
    }
    expect([...new Set(found)]).toEqual([]);
  } finally {
    await server.stop();
    await mail.down();
  }
});
