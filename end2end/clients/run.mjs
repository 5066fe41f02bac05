// The real clients of Durable Functions, unmodified, against a started server: every method they have, once with an API
// token and once through the listener for programs of this machine.
//
//   node clients/run.mjs [python|javascript]

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { freePort, run, Server } from "../fixtures/server.mjs";

const admin = { email: "root@clients.test", password: "the-first-admin-of-all" };
const scopes = ["read", "start", "raise", "control", "purge"].map((verb) => `instances:${verb}`)
  .concat(["read", "signal", "delete"].map((verb) => `entities:${verb}`));
const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../target");
const clients = {
  python: [process.env.COUNTERSIGN_PYTHON ?? resolve(target, "clients/python"), resolve(import.meta.dirname, "durable_client.py")],
  javascript: [process.execPath, resolve(import.meta.dirname, "durable_client.mjs")],
};

/** Runs a client against a place; gives its exit code. */
async function check(client, base, token) {
  const [program, script] = clients[client];
  // The token is not an argument: other users of the machine could read it in the list of processes.
  const env = { ...process.env, DURABLE_BASE: base, DURABLE_TOKEN: token, OTEL_SDK_DISABLED: "true" };
  const child = spawn(program, [script], { env, stdio: "inherit" });
  return new Promise((ended) => child.once("error", (error) => (console.error(`${program}: ${error.message}`), ended(1))).once("close", ended));
}

const rpc = `127.0.0.1:${await freePort()}`;
const server = await Server.start({
  COUNTERSIGN_RPC_LISTEN: rpc,
  COUNTERSIGN_ADMIN_EMAIL: admin.email,
  COUNTERSIGN_ADMIN_PASSWORD: admin.password,
});
let failures = 0;
try {
  const made = await run(
    ["token", "create", "--data", server.data, "--email", admin.email, "--name", "clients", ...scopes.flatMap((scope) => ["--scope", scope])],
    { RUST_LOG: "error" },
  );
  const token = made.output.match(/^cst_\S+$/m)?.[0];
  if (!token) throw new Error(`no token was made:\n${made.output}`);
  const places = [
    ["with a token", `${server.url}/runtime/webhooks/durabletask/`, token],
    ["by local RPC", `http://${rpc}/durabletask/`, ""],
  ];
  for (const client of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(clients)) {
    for (const [how, base, shown] of places) {
      const code = await check(client, base, shown);
      console.log(`${code === 0 ? "passed" : "FAILED"}: the ${client} client ${how}`);
      if (code !== 0) failures += 1;
    }
  }
  if (server.output.includes(token)) throw new Error("the token stands in the server's log");
} catch (error) {
  console.error(error);
  failures += 1;
} finally {
  await server.stop();
}
if (failures) console.error(`--- the server's last words ---\n${server.output.slice(-3000)}`);
process.exit(failures ? 1 : 0);
