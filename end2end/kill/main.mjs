// The kill test: a driver submits and decides requests over HTTP while the server is killed with SIGKILL and started again
// at random moments. At the end everything that was acknowledged is there, once.
//
//   node kill/main.mjs [--seed N] [--requests 200] [--kills 20]

import { parseArgs } from "node:util";
import { Killer } from "./killer.mjs";
import { Driver } from "./driver.mjs";
import { arrivals, audit } from "./audit.mjs";
import { seeded } from "./random.mjs";
import { Client } from "../fixtures/client.mjs";
import { Server } from "../fixtures/server.mjs";
import { MailServer } from "../fixtures/smtp.mjs";

const { values } = parseArgs({ options: { seed: { type: "string" }, requests: { type: "string", default: "200" }, kills: { type: "string", default: "20" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const [requests, kills] = [Number(values.requests), Number(values.kills)];
const admin = { email: "root@kill.test", password: "the-first-admin-of-all" };

console.log(`kill test: ${requests} requests, ${kills} kills, seed ${seed} (repeat with --seed ${seed})`);
const began = Date.now();
const mail = await MailServer.start();
const server = await Server.start({ COUNTERSIGN_SMTP_URL: mail.url, COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password });
let problems;
let driver;
try {
  const root = await new Client(server.url).signIn(admin);
  const random = seeded(seed);
  driver = new Driver({ server, mail, root, random, requests });
  const killer = new Killer({ server, random, kills, requests, driver });
  await Promise.all([driver.run(), killer.run()]);
  problems = await audit({ server, mail, root, driver });
} catch (error) {
  problems = [`${error.stack}\n--- the server's last words ---\n${server.output.slice(-3000)}`];
} finally {
  await server.stop();
  await mail.down();
}
const seconds = ((Date.now() - began) / 1000).toFixed(0);
for (const line of [...(driver?.summary() ?? []), arrivals(mail.mails)]) console.log(`  ${line}`);
if (problems.length) {
  console.error(`kill test FAILED after ${seconds} s (seed ${seed}):\n${problems.slice(0, 40).map((problem) => `  - ${problem}`).join("\n")}`);
  process.exit(1);
}
console.log(`kill test passed in ${seconds} s`);
