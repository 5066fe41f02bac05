// No secret anywhere but where it belongs: tests take a link that the mail server received and a token that its owner was
// shown, use them in every way, and look for them in the whole data folder, in everything the server wrote, and on every page
// that an admin or a requester can reach.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Client, decideByLink } from "../../fixtures/client.mjs";
import { submitRequest } from "../../fixtures/requests.mjs";
import { MailServer, about, linksIn } from "../../fixtures/mail";
import { Server, run } from "../../fixtures/server.mjs";
import { expect, test } from "../../fixtures/app";
import { admin } from "../../fixtures/users";

const PREFIX = "csn_";

/** Bytes in every form in which they could lie about. */
function formsOf(name: string, bytes: Buffer): [string, Buffer][] {
  return [
    [`${name}'s bytes`, bytes],
    [`${name} in hexadecimal`, Buffer.from(bytes.toString("hex"))],
    [`${name} in capital hexadecimal`, Buffer.from(bytes.toString("hex").toUpperCase())],
    [`${name} in base64`, Buffer.from(bytes.toString("base64").replace(/=+$/, ""))],
    [`${name} in base64url`, Buffer.from(bytes.toString("base64url"))],
    [`${name} as a list`, Buffer.from([...bytes.subarray(0, 12)].join(","))],
  ];
}

/** What would betray a link's token. */
function traces(token: string): Map<string, Buffer> {
  const signature = Buffer.from(token.slice(PREFIX.length), "base64url").subarray(-32);
  const end = Buffer.from(token.slice(-32));
  return new Map([["the token's end", end], ...formsOf("the signature", signature), ["any token", Buffer.from(PREFIX)]]);
}

/** What would betray an API token. */
function apiTokenTraces(token: string): Map<string, Buffer> {
  const secret = Buffer.from(token.slice("cst_".length), "base64url");
  return new Map([["the token's end", Buffer.from(token.slice(-24))], ...formsOf("the secret", secret)]);
}

/** Which of these traces lie in which of these places. */
function findings(sought: Map<string, Buffer>[], places: Map<string, Buffer>): string[] {
  const found = new Set<string>();
  for (const [what, trace] of sought.flatMap((each) => [...each])) {
    for (const [place, bytes] of places) if (bytes.includes(trace)) found.add(`${what} in ${place}`);
  }
  return [...found];
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

    expect(findings(links.map((link) => traces(link.split("/").pop()!)), places)).toEqual([]);
  } finally {
    await server.stop();
    await mail.down();
  }
});

test("no API token in the database, the logs or any page, once its owner was shown it", async () => {
  const server = await Server.start({ COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password, COUNTERSIGN_LOG: "debug" });
  const root = await new Client(server.url).signIn(admin);
  try {
    const made = await root.post("/tokens", [["name", "Everything"], ["scope", "instances:read"], ["scope", "instances:start"], ["expires", "7"]]);
    const typed = await run(["token", "create", "--data", server.data, "--email", admin.email, "--name", "Typed", "--scope", "instances:read"]);
    const tokens = [made.text, typed.output].map((text) => text.match(/cst_[\w-]{43}/)![0]);

    // Everything that may put an address, a header or a body into a log, a table or a page.
    const stranger = new Client(server.url);
    for (const token of tokens) {
      const bearer = { authorization: `Bearer ${token}` };
      const api = "/runtime/webhooks/durabletask";
      expect((await stranger.get(`${api}/instances`, { headers: bearer })).status).toBe(200);
      expect((await stranger.get(`${api}/instances?code=${token}`)).status).toBe(200);
      expect((await stranger.get(`${api}/instances?code=${token}x`)).status).toBe(401);
      for (const path of [`${api}/nowhere?code=${token}`, `${api}/${token}`, `/tokens/${token}/revoke`, `/${token}`, `/?code=${token}`]) {
        for (const method of ["GET", "HEAD", "POST", "PUT"]) await stranger.send(method, path, { headers: { ...bearer, referer: `${server.url}${path}`, "user-agent": token } });
      }
      const start = { method: "POST", headers: { "x-functions-key": token, "content-type": "application/json" }, body: "not json" };
      await fetch(`${server.url}${api}/orchestrators/Nothing`, start);
      await root.get(`/tokens?before=${token}`);
    }

    const places = new Map<string, Buffer>([...(await pagesOf(root)), ...(await filesOf(server.data))]);
    expect(places.has("/tokens"), "the search reached the list of tokens").toBe(true);
    await server.kill("SIGTERM");
    for (const [path, bytes] of await filesOf(server.data)) places.set(`${path} (stopped)`, bytes);
    places.set("the server's output", Buffer.from(server.output));
    expect(findings(tokens.map(apiTokenTraces), places)).toEqual([]);
  } finally {
    await server.stop();
  }
});
