// How long the pages about requests take with very many of them, over HTTP, on both databases: medians, smallest and
// largest of so many calls, one after the other, by the real binary on a database of its own.
//
// node pages.mjs [--requests 100000] [--runs 200] [--only sqlite|postgres]

import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "../fixtures/client.mjs";
import { submitRequest } from "../fixtures/requests.mjs";
import { Server } from "../fixtures/server.mjs";
import { BUSY, Database, SEARCHES, fill, indexed } from "./fill.mjs";

const { values: options } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, runs: { type: "string", default: "200" }, only: { type: "string" } },
});
const [count, runs] = [Number(options.requests), Number(options.runs)];
const admin = { email: "root@countersign.test", password: "the-first-admin-of-all" };
const env = { COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password };
const TEXT = "The **quarterly** plan for the workshop on Mill Lane.\n\n" + "Three years, with a way out after one; the first payment is due in May. ".repeat(8);

function postgresUrl() {
  const script = resolve(import.meta.dirname, "../../.config/build/postgres");
  return execFileSync(script, ["own", String(process.pid)], { encoding: "utf8" }).trim();
}

/** What the outbox says about the newest link mailed to somebody; the local outbox shows it to admins. */
async function linkFor(client, kind) {
  for (let tries = 0; tries < 200; tries++) {
    const { text } = await client.get("/outbox");
    const mail = [...text.matchAll(/href="(\/outbox\/[0-9a-f-]{36})"/g)].map(([, path]) => path)[0];
    const body = mail && (await client.get(mail)).text;
    const link = body?.match(new RegExp(`https?://[^"\\s<]*(/${kind}/csn_[\\w-]+)`))?.[1];
    if (link) return link;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`no mail with a link to /${kind}`);
}

/** Makes, by the portal itself, what is copied: somebody with an account, and two requests, one of them withdrawn. */
async function templates(server, database) {
  const client = await new Client(server.url).signIn(admin);
  const password = "correct horse battery";
  await client.post("/people/invite", [["email", "template@people.test"], ["name", "Template"], ["role", "requester"], ["role", "approver"]]);
  const accepted = await new Client(server.url).post(await linkFor(client, "invite"), { name: "Template", password });
  if (accepted.status !== 303) throw new Error(`the invitation was answered with ${accepted.status}`);
  const approvers = ["ana", "ben", "cy"].map((name) => `${name}@people.test`);
  const submit = async (title) => (await submitRequest(client, { title, text: TEXT, approvers })).split("/")[2];
  const [open, ended] = [await submit("Open"), await submit("Ended")];
  const withdrawn = await client.post(`/requests/${ended}/withdraw`, { reason: "Because." });
  if (withdrawn.status !== 303) throw new Error(`the withdrawal was answered with ${withdrawn.status}`);
  const [person] = await database.run("SELECT id FROM users WHERE email = 'template@people.test';");
  return { person, open, ended, password };
}

async function waitForWords(database) {
  for (let before = -1; ; ) {
    const now = await indexed(database);
    if (now >= count + 2) return;
    if (now === before) process.stderr.write(".");
    before = now;
    await new Promise((later) => setTimeout(later, 1000));
  }
}

/** Milliseconds of each of `runs` calls, after some that do not count. */
async function times(client, path) {
  const taken = [];
  for (let run = -20; run < runs; run++) {
    const began = performance.now();
    const { status } = await client.get(path);
    const took = performance.now() - began;
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (run >= 0) taken.push(took);
  }
  return taken.sort((a, b) => a - b);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function measure(name, database, server, given) {
  const root = await new Client(server.url).signIn(admin);
  const busy = await new Client(server.url).signIn({ email: `person.${BUSY}@people.test`, password: given.password });
  const deep = (await busy.get("/?tab=done")).text.match(/href="(\/\?[^"]*before=[^"]*)"/)?.[1].replaceAll("&amp;", "&");
  const pages = [
    ["inbox, waiting", busy, "/?tab=waiting"],
    ["inbox, mine", busy, "/?tab=mine"],
    ["inbox, watching", busy, "/?tab=watching"],
    ["inbox, done", busy, "/?tab=done"],
    ["inbox, done, second page", busy, deep],
    ["inbox, all", root, "/?tab=all"],
    ["inbox, all, by state", root, "/?tab=all&state=waiting"],
    ["search all, a rare word", root, `/?tab=all&q=${SEARCHES.rare}`],
    ["search all, a word of a tenth", root, `/?tab=all&q=${SEARCHES.tenth}`],
    ["search all, a word of all", root, `/?tab=all&q=${SEARCHES.all}`],
    ["search all, a phrase", root, "/?tab=all&q=%22way+out+after%22"],
    ["search all, a begun word", root, "/?tab=all&q=inv"],
    ["search done, a word of all", busy, `/?tab=done&q=${SEARCHES.all}`],
    ["search mine, a rare word", busy, `/?tab=mine&q=${SEARCHES.rare}`],
    ["request page", root, `/requests/${given.open}`],
  ];
  console.log(`\n${name}, ${count} requests, ${runs} calls each, milliseconds`);
  console.log(`${"page".padEnd(32)}${["median", "smallest", "99 %", "largest"].map((word) => word.padStart(10)).join("")}`);
  for (const [page, client, path] of pages.filter(([, , path]) => path)) {
    const taken = await times(client, path);
    const figures = [at(taken, 0.5), taken[0], at(taken, 0.99), taken.at(-1)];
    console.log(`${page.padEnd(32)}${figures.map((figure) => figure.toFixed(1).padStart(10)).join("")}`);
  }
}

async function bench(name, url) {
  const server = await Server.start(url ? { ...env, COUNTERSIGN_DATABASE_URL: url } : env);
  try {
    const database = new Database(url ? { url } : { file: join(server.data, databaseFile()) });
    const given = await templates(server, database);
    await server.kill("SIGTERM");
    const began = performance.now();
    await fill(database, { ...given, count });
    const filled = performance.now();
    await server.up();
    await waitForWords(database);
    const seconds = (from, to) => ((to - from) / 1000).toFixed(0);
    console.log(`${name}: filled in ${seconds(began, filled)} s, words written in ${seconds(filled, performance.now())} s`);
    await measure(name, database, server, given);
  } finally {
    await server.stop();
  }
}

function databaseFile() {
  return "countersign.db";
}

if (options.only !== "postgres") await bench("SQLite", null);
if (options.only !== "sqlite") await bench("PostgreSQL", postgresUrl());
