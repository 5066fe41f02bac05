// Calls every method of the unmodified client of npm's durable-functions and asserts on what comes back.
//
// DURABLE_BASE names the API, with a slash at the end. DURABLE_TOKEN is the API token; it is empty for local RPC. With a token
// the client is given what the Functions host gives it without local RPC: addresses with a `code` in their query.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

const require = createRequire(import.meta.url);
const { DurableClient } = require("durable-functions/lib/src/durableClient/DurableClient");
const { EntityId } = require("durable-functions");

const base = process.env.DURABLE_BASE;
const token = process.env.DURABLE_TOKEN ?? "";
const run = `js-${randomUUID().slice(0, 8)}`;
const long = { seconds: 86400 };
const ended = ["Completed", "Failed", "Terminated"];

/** What the Functions host would hand to the client. */
function binding() {
  const code = token ? `code=${token}` : "taskHub=Hub";
  const instance = `${base}instances/INSTANCEID`;
  const of = (verb, query) => `${instance}${verb}?${query}${code}`;
  const data = {
    taskHubName: "Hub",
    creationUrls: { createNewInstancePostUri: `${base}orchestrators/{functionName}[/{instanceId}]?${code}` },
    managementUrls: {
      id: "INSTANCEID",
      statusQueryGetUri: of("", ""),
      sendEventPostUri: of("/raiseEvent/{eventName}", ""),
      terminatePostUri: of("/terminate", "reason={text}&"),
      rewindPostUri: of("/rewind", "reason={text}&"),
      purgeHistoryDeleteUri: of("", ""),
      restartPostUri: of("/restart", ""),
      suspendPostUri: of("/suspend", "reason={text}&"),
      resumePostUri: of("/resume", "reason={text}&"),
    },
  };
  if (token) return { ...data, baseUrl: base.replace(/\/$/, ""), requiredQueryStringParameters: code };
  return { ...data, rpcBaseUrl: base };
}

const calls = [];
/** The client, noting which of its methods were called. */
const client = new Proxy(new DurableClient(binding()), {
  get(target, name) {
    const value = target[name];
    if (typeof value !== "function") return value;
    calls.push(name);
    // Bound, so that only the calls made here are noted.
    return value.bind(target);
  },
});

async function until(what, look) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error(`never: ${what}`);
}

const statusWhen = (id, right) =>
  until(id, async () => {
    const status = await client.getStatus(id);
    return right(status) ? status : undefined;
  });
const endOf = (id) => statusWhen(id, ({ runtimeStatus }) => ended.includes(runtimeStatus));
const running = async (instanceId) => {
  await client.startNew("AsyncHttp", { instanceId, input: long });
  await statusWhen(instanceId, ({ customStatus }) => customStatus !== null);
};

async function starts() {
  const instanceId = `${run}-greet`;
  assert.equal(await client.startNew("Greet", { instanceId, input: "Ana" }), instanceId);
  const status = await endOf(instanceId);
  assert.match(status.output, /^Hello, Ana\./);
  assert.deepEqual([status.name, status.instanceId], ["Greet", instanceId]);
  assert.ok(status.createdTime <= status.lastUpdatedTime);

  assert.match((await endOf(await client.startNew("greet"))).output, /Pass a name/);
  const order = await client.startNew("OrderProcessing", { input: { item: "lamp", quantity: 2, card: "visa" } });
  assert.equal((await endOf(order)).output, "Order processed successfully!");
  const chain = await endOf(await client.startNew("FunctionChaining", { input: { id: "7", amount: 12.5 } }));
  assert.deepEqual([chain.runtimeStatus, typeof chain.output], ["Completed", "string"]);
  const tasks = await client.startNew("FanOutFanIn", { input: ["Task1", "Task2"] });
  assert.deepEqual((await endOf(tasks)).output, ["Task1 completed", "Task2 completed"]);

  await assert.rejects(client.startNew("Nothing"), /400.*'Greet'/);
  await assert.rejects(client.startNew("Greet", { version: "9" }), /400.*version/);
  await running(`${run}-taken`);
  await assert.rejects(client.startNew("AsyncHttp", { instanceId: `${run}-taken`, input: long }), /409/);
}

async function statuses() {
  const status = await client.getStatus(`${run}-greet`, { showHistory: true, showHistoryOutput: true, showInput: true });
  assert.equal(status.input, "Ana");
  assert.deepEqual(status.history.map((row) => row.EventType), ["ExecutionStarted", "TaskCompleted", "ExecutionCompleted"]);
  assert.equal(status.history[1].FunctionName, "SayHello");
  assert.match(status.history[1].Result, /^Hello/);
  await assert.rejects(client.getStatus(`${run}-nobody`), /404/);
  // It follows the pages; there are more than one of them, because a page has at most 100 rows.
  const starts = Array.from({ length: 105 }, (_, number) => `${run}-page-${number}`);
  for (const id of starts) {
    await client.startNew("Greet", { instanceId: id });
    // As often as a token may be used for ever.
    await pause(token ? 110 : 0);
  }
  const all = new Set((await client.getStatusAll()).map(({ instanceId }) => instanceId));
  assert.ok([`${run}-greet`, ...starts].every((id) => all.has(id)), "a page is missing");
  const hour = 3_600_000;
  const [from, to] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  const found = await client.getStatusBy({ createdTimeFrom: from, createdTimeTo: to, runtimeStatus: ["Running"] });
  assert.ok(found.some(({ instanceId }) => instanceId === `${run}-taken`));
  assert.ok(found.every(({ runtimeStatus }) => runtimeStatus === "Running"));
  assert.deepEqual(await client.getStatusBy({ createdTimeTo: from }), []);
}

async function events() {
  const input = { document: "Contract", approver: "ana@example.org", timeout_seconds: 86400, on_timeout: "reject" };
  for (const [name, event, verdict] of [["yes", true, "approved"], ["no", { approved: false, by: "Ben" }, "rejected"]]) {
    const id = await client.startNew("HumanInteraction", { instanceId: `${run}-${name}`, input });
    await client.raiseEvent(id, "ApprovalEvent", event);
    assert.equal((await endOf(id)).output.verdict, verdict);
  }
  await client.raiseEvent(`${run}-taken`, "Nothing");
  await client.raiseEvent(`${run}-greet`, "Go", 1);
  await assert.rejects(client.raiseEvent(`${run}-nobody`, "Go", 1), /No instance/);
}

async function verbs() {
  const id = `${run}-taken`;
  await client.suspend(id, "wait a moment");
  await statusWhen(id, ({ runtimeStatus }) => runtimeStatus === "Suspended");
  await client.resume(id, "go on");
  await statusWhen(id, ({ runtimeStatus }) => runtimeStatus === "Running");
  await client.terminate(id, "enough");
  assert.equal((await endOf(id)).runtimeStatus, "Terminated");
  for (const verb of ["suspend", "resume", "terminate"]) {
    await client[verb](id, "it has ended, which is no error");
    await assert.rejects(client[verb](`${run}-nobody`, "why"), /No instance/);
  }
  await client.startNew("AsyncHttp", { instanceId: `${run}-broken`, input: true });
  assert.equal((await endOf(`${run}-broken`)).runtimeStatus, "Failed");
  await client.rewind(`${run}-broken`, "mended");
  assert.equal((await endOf(`${run}-broken`)).runtimeStatus, "Failed");
  await assert.rejects(client.rewind(`${run}-greet`, "why"), /Completed/);
  await assert.rejects(client.rewind(`${run}-nobody`, "why"), /no such instance/i);
}

async function entities() {
  const counter = new EntityId("Counter", run);
  assert.equal((await client.readEntityState(counter)).entityExists, false);
  await client.signalEntity(counter, "add", 5);
  await client.signalEntity(counter, "add", -2);
  await until("the counter is 3", async () => {
    const { entityExists, entityState } = await client.readEntityState(counter);
    return entityExists && entityState === 3 ? true : undefined;
  });
  await client.signalEntity(counter, "reset");
}

async function answers() {
  const request = { url: "https://functions.example.org/start" };
  const payload = client.createHttpManagementPayload(`${run}-greet`);
  assert.ok(payload.statusQueryGetUri.startsWith(`${base}instances/${run}-greet`));
  const response = client.createCheckStatusResponse(request, `${run}-greet`);
  assert.deepEqual([response.status, response.headers.get("retry-after")], [202, "10"]);
  const wait = (id, timeoutInMilliseconds) =>
    client.waitForCompletionOrCreateCheckStatusResponse(request, id, { timeoutInMilliseconds, retryIntervalInMilliseconds: 100 });
  const done = await wait(`${run}-greet`, 10_000);
  assert.equal(done.status, 200);
  assert.match(await done.text(), /Hello, Ana\./);
  assert.equal((await wait(`${run}-broken`, 10_000)).status, 500);
  await running(`${run}-waits`);
  assert.equal((await wait(`${run}-waits`, 200)).status, 202);
}

async function removal() {
  assert.equal((await client.purgeInstanceHistory(`${run}-greet`)).instancesDeleted, 1);
  assert.equal((await client.purgeInstanceHistory(`${run}-greet`)).instancesDeleted, 0);
  const hour = 3_600_000;
  const [from, to] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  const failed = await client.purgeInstanceHistoryBy({ createdTimeFrom: from, createdTimeTo: to, runtimeStatus: ["Failed"] });
  assert.equal(failed.instancesDeleted, 1);
  const before = { createdTimeFrom: new Date(from - hour), createdTimeTo: from };
  assert.equal((await client.purgeInstanceHistoryBy(before)).instancesDeleted, 0);
  await client.terminate(`${run}-waits`, "the end");
  await endOf(`${run}-waits`);
  assert.ok((await client.purgeInstanceHistoryBy({ createdTimeFrom: from })).instancesDeleted > 100);
}

for (const part of [starts, statuses, events, verbs, entities, answers, removal]) await part();

// Private in its types.
const inner = ["constructor", "createGenericError", "createHttpResponse", "extractUniqueWebhookOrigins", "extractWebhookOrigins",
  "getClientResponseLinks", "getDistributedTracingHeaders", "getStatusInternal", "hasValidRequestUrl"];
const methods = Object.getOwnPropertyNames(DurableClient.prototype).filter((name) => !inner.includes(name));
const missing = methods.filter((name) => !calls.includes(name));
assert.deepEqual(missing, [], "nobody called these");
console.log(`durable-functions: ${calls.length} calls of ${methods.length} methods`);
