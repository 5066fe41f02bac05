// The OpenAPI document against the server that serves it: schemathesis makes calls from the document, right ones and wrong ones, and every
// answer must be one that the document says. Always the same calls: the seed is fixed.
//
//   node clients/schemathesis.mjs [group …]

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { run, Server } from "../fixtures/server.mjs";

const admin = { email: "root@schema.test", password: "the-first-admin-of-all" };
const scopes = [
  ...["read", "start", "raise", "control", "purge"].map((verb) => `instances:${verb}`),
  ...["read", "signal", "delete"].map((verb) => `entities:${verb}`),
  ...["read", "write", "decide", "act", "manage"].map((verb) => `requests:${verb}`),
  ...["policies:read", "people:read", "monitors:read", "monitors:write", "webhooks:read", "webhooks:write"],
];
const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../target");
const python = process.env.COUNTERSIGN_PYTHON ?? resolve(target, "clients/python");
// Side by side, each with a token of its own: a token's calls are limited.
const groups = {
  requests: ["Account", "Requests", "People"],
  verbs: ["Request verbs", "Policies"],
  workflows: ["Workflows", "Webhooks"],
  monitors: ["Monitors"],
  durable: ["Durable Functions"],
};
const checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];
// A start waits for the end of its run as long as the call says, which may be longer than a test has time; the real clients test it.
const excluded = ["startInstance", "startInstanceWithId"];
// No operation of the document can close the token that is shown, or disable its owner, so nothing else is left out.
/** How long a group may take, in milliseconds; what is not done by then has failed. */
const patience = 170_000;

async function check(server, group) {
  const made = await run(
    ["token", "create", "--data", server.data, "--email", admin.email, "--name", group, ...scopes.flatMap((scope) => ["--scope", scope])],
    { RUST_LOG: "error" },
  );
  const token = made.output.match(/^cst_\S+$/m)?.[0];
  if (!token) throw new Error(`no token was made:\n${made.output}`);
  const options = [
    "-m", "schemathesis.cli", "run", `${server.url}/api/openapi.json`, "--no-color",
    "--phases", "examples,coverage,fuzzing", "--checks", checks.join(","), "--seed", "20261122", "--generation-database", "none",
    "--max-examples", "20", "--no-shrink", "--continue-on-failure", "--generation-with-security-parameters", "false",
    // A token may call ten times a second.
    "--rate-limit", "9/s", "--request-timeout", "20", "--warnings", "off",
    "--header", `Authorization: Bearer ${token}`,
    ...groups[group].flatMap((tag) => ["--include-tag", tag]),
    ...excluded.flatMap((id) => ["--exclude-operation-id", id]),
  ];
  const env = { ...process.env, PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: "1", SCHEMATHESIS_HOOKS: "hooks" };
  const child = spawn(python, options, { cwd: server.data, env, stdio: ["ignore", "pipe", "pipe"], timeout: patience });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise((ended) => child.once("error", (error) => ((output += error.message), ended(1))).once("close", ended));
  console.log(`${code === 0 ? "passed" : "FAILED"}: ${groups[group].join(", ")}`);
  if (code !== 0) console.error(output.replaceAll(token, "cst_…").slice(-12_000));
  return code === 0;
}

const server = await Server.start({ COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password });
let passed = false;
try {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(groups);
  passed = (await Promise.all(chosen.map((group) => check(server, group)))).every(Boolean);
} catch (error) {
  console.error(error);
} finally {
  await server.stop();
}
if (!passed) console.error(`--- the server's last words ---\n${server.output.slice(-3000)}`);
process.exit(passed ? 0 : 1);
