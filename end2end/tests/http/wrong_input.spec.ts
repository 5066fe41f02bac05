// Wrong input on every form and every address: a clear message, what was typed is kept, nothing is lost, and never an
// answer of 500. Each line of the tables is one test.

import { connect } from "node:net";
import { Client, decideByLink, headingOf, valueOf, words } from "../../fixtures/client.mjs";
import { idOf, requestFields, submitRequest } from "../../fixtures/requests.mjs";
import { about } from "../../fixtures/mail";
import { until } from "../../fixtures/until.mjs";
import { expect, test as base, type Portal } from "../../fixtures/app";
import { People, type Person } from "../../fixtures/users";

/** Who asks. */
type Who = "stranger" | "requester" | "other" | "approver" | "admin";

/** What the tables refer to: a request of `requester` that asks `approver` and a guest, and everything around it. */
type World = {
  clients: Record<Who, Client>;
  requester: Person;
  request: string;
  id: string;
  link: string;
  invitation: string;
  mail: string;
  person: string;
  holder: { client: Client; path: string; nonce: string };
};

const NOBODY = "01900000-0000-7000-8000-000000000000";
const LONG = "x".repeat(3_000);

/** `shared` is the same one for all tests of a worker that change nothing; `world` is new. */
const test = base.extend<{ world: World }, { shared: World }>({
  shared: [async ({ portal }, use) => use(await newWorld(portal, new People(portal))), { scope: "worker" }],
  world: async ({ portal, people }, use) => use(await newWorld(portal, people)),
});

async function newWorld(portal: Portal, people: People): Promise<World> {
  const requester = await people.invite("Rita", "requester");
  const [other, approver] = [await people.invite("Uma", "requester"), await people.invite("Otto", "approver")];
  const admin = await people.admin.client();
  const guest = people.address("guest");
  const request = await submitRequest(await requester.client(), {
    title: "The subject", approvers: [guest, approver.email], rule: "all", files: [new File(["one\n"], "one.txt")],
  });
  const mail = await portal.mail.next(guest, about("The subject"));
  await portal.mail.next(approver.email, about("The subject"));
  const invited = people.address("invited");
  await admin.post("/people/invite", { email: invited, name: "Ina", role: "requester" });
  const client = new Client(portal.url);
  const page = await client.open(new URL(mail.link).pathname);
  return {
    clients: { stranger: new Client(portal.url), requester: await requester.client(), other: await other.client(), approver: await approver.client(), admin },
    requester,
    request,
    id: idOf(request),
    link: mail.link,
    invitation: new URL((await portal.mail.next(invited)).link).pathname,
    mail: (await admin.get("/outbox")).text.match(/href="\/outbox\/([0-9a-f-]{36})"/)![1],
    person: (await admin.get("/people")).text.match(/action="\/people\/([0-9a-f-]{36})\//)![1],
    holder: { client, path: page.path, nonce: valueOf(page.text, "nonce")! },
  };
}

/** No answer of 500 and above, and a page with a heading. */
function expectClear(answer: { status: number; text: string }) {
  expect(answer.status).toBeLessThan(500);
  if (answer.status < 300 || answer.status >= 400) expect(headingOf(answer.text), "the page has a heading").not.toBe("");
}

// --- Reading ---------------------------------------------------------------------------------------------------------

const toSignIn = 303;
const READS: [Who, string, (world: World) => string, number][] = [
  ["stranger", "the inbox", () => "/", toSignIn],
  ["stranger", "the form", () => "/requests/new", toSignIn],
  ["stranger", "a request", (w) => w.request, toSignIn],
  ["stranger", "its events", (w) => `${w.request}/events`, toSignIn],
  ["stranger", "its file", (w) => `${w.request}/files/1`, toSignIn],
  ["stranger", "instances", () => "/instances", toSignIn],
  ["stranger", "an instance", (w) => `/instances/request-${w.id}`, toSignIn],
  ["stranger", "people", () => "/people", toSignIn],
  ["stranger", "the outbox", () => "/outbox", toSignIn],
  ["stranger", "a mail", (w) => `/outbox/${w.mail}`, toSignIn],
  ["stranger", "a mail's HTML", (w) => `/outbox/${w.mail}/html`, toSignIn],
  ["stranger", "a question without its cookie", (w) => w.holder.path, 403],
  ["stranger", "a question's file without its cookie", (w) => `${w.holder.path}/files/1`, 403],
  ["stranger", "a question that does not exist", () => `/decide/${NOBODY}`, 403],
  ["stranger", "a question by no id", () => "/decide/zzz", 404],
  ["stranger", "a link that was made up", () => `/d/csn_${"A".repeat(140)}`, 404],
  ["stranger", "a link that is much too long", () => `/d/${"A".repeat(6_000)}`, 404],
  ["stranger", "an invitation that was made up", () => `/invite/csn_${"A".repeat(140)}`, 410],
  ["stranger", "the set-up page of a portal that is set up", () => "/setup?token=x", 303],
  ["stranger", "an asset that does not exist", () => "/assets/0/none.css", 404],
  ["stranger", "an asset by a path upwards", () => "/assets/0/..%2f..%2fetc%2fpasswd", 404],
  ["stranger", "an unknown address", () => "/%ff%fe%00", 404],
  ["other", "somebody else's request", (w) => w.request, 404],
  ["other", "somebody else's events", (w) => `${w.request}/events`, 404],
  ["other", "somebody else's file", (w) => `${w.request}/files/1`, 404],
  ["requester", "a request that does not exist", () => `/requests/${NOBODY}`, 404],
  ["requester", "a request by no id", () => "/requests/%00", 404],
  ["requester", "a file that does not exist", (w) => `${w.request}/files/99`, 404],
  ["requester", "a file by no number", (w) => `${w.request}/files/-1`, 400],
  ["requester", "people", () => "/people", 403],
  ["requester", "the own runs", () => "/instances", 200],
  ["requester", "the instance of the own request", (w) => `/instances/request-${w.id}`, 404],
  ["requester", "its changes", (w) => `/instances/request-${w.id}/events`, 404],
  ["requester", "a workflow that does not exist", () => "/workflows/%00", 404],
  ["requester", "a form filled in with nonsense", () => "/workflows/OrderProcessing?quantity=%00&item=%3Cscript%3E&zzz=1", 200],
  ["requester", "a form filled in with no JSON", () => "/workflows/OrderProcessing?input=%7B%7B", 422],
  ["requester", "entities", () => "/entities", 403],
  ["requester", "the outbox", () => "/outbox", 403],
  ["requester", "a mail", (w) => `/outbox/${w.mail}`, 403],
  ["approver", "the form", () => "/requests/new", 403],
  ["approver", "the catalogue", () => "/workflows", 403],
  ["admin", "an entity that does not exist", () => "/entities/%40counter%40nobody", 404],
  ["admin", "an entity by no id", () => "/entities/counter", 404],
  ["admin", "entities by unknown filters", () => "/entities?name=%00'&after=zzz", 200],
  ["admin", "an instance that does not exist", () => "/instances/request-nothing", 404],
  ["admin", "a mail that does not exist", () => `/outbox/${NOBODY}`, 404],
  ["admin", "a mail by no id", () => "/outbox/zzz", 404],
  ["admin", "an unknown tab and a broken cursor", () => "/?tab=zzz&before=%00~~", 200],
  ["admin", "an unknown state and a broken cursor", () => "/outbox?state=zzz&before='--", 200],
  ["admin", "unknown filters", () => "/instances?status=zzz&name=%25&q=%25_%00'&after=zzz", 200],
  ["admin", "an unknown notice", () => "/?done=<script>", 200],
];

for (const [who, what, path, status] of READS) {
  test(`a ${who} reads ${what}: ${status}`, async ({ shared: world }) => {
    const answer = await world.clients[who].get(path(world));
    expect(answer.status).toBe(status);
    // Assets are fetched by programs, which read the status.
    if (!path(world).startsWith("/assets/")) expectClear(answer);
    if (status === toSignIn) expect(answer.location).toMatch(/^\/sign-in/);
    const head = await world.clients[who].send("HEAD", path(world));
    expect(head.status, "HEAD answers like GET").toBe(status);
  });
}

// --- Changing what one may not change ---------------------------------------------------------------------------------

const WRITES: [Who, string, (world: World) => string, object, number][] = [
  ["stranger", "signs out", () => "/sign-out", {}, 303],
  ["stranger", "decides", (w) => `${w.request}/decide`, { verdict: "approve" }, toSignIn],
  ["stranger", "answers a question without its cookie", (w) => w.holder.path, { verdict: "approve" }, 403],
  ["stranger", "asks for a new link without the cookie", (w) => `${w.holder.path}/new-link`, {}, 403],
  ["stranger", "invites", () => "/people/invite", { email: "x@y.test", role: "admin" }, toSignIn],
  ["stranger", "disables somebody", (w) => `/people/${w.person}/disable`, {}, toSignIn],
  ["stranger", "terminates", (w) => `/instances/request-${w.id}/terminate`, { reason: "x" }, toSignIn],
  ["stranger", "sends a test mail", () => "/outbox/test", {}, toSignIn],
  ["stranger", "sets up a second first admin", () => "/setup", { token: "csn_x", name: "Eve", email: "eve@x.test", password: LONG.slice(0, 20) }, 410],
  ["requester", "invites", () => "/people/invite", { email: "x@y.test", role: "admin" }, 403],
  ["requester", "gives themselves a role", (w) => `/people/${w.person}/roles`, { role: "admin" }, 403],
  ["requester", "suspends the own request", (w) => `/instances/request-${w.id}/suspend`, { reason: "x" }, 404],
  ["requester", "restarts the own request", (w) => `/instances/request-${w.id}/restart`, { reason: "x" }, 404],
  ["requester", "raises an event of the own request", (w) => `/instances/request-${w.id}/raise`, { event: "x", value: "1" }, 404],
  ["requester", "starts nothing that there is", () => "/workflows/Approval", { way: "json", input: "{}" }, 404],
  ["requester", "starts with nothing at all", () => "/workflows/OrderProcessing", {}, 422],
  ["approver", "starts a workflow", () => "/workflows/Greet", { way: "fields", in: "x" }, 403],
  ["admin", "raises an event of a request", (w) => `/instances/request-${w.id}/raise`, { event: "x", value: "1" }, 403],
  ["admin", "purges a request", (w) => `/instances/request-${w.id}/purge`, { confirm: "x" }, 404],
  ["admin", "sends an operation to no entity", () => "/entities/%40counter%40nobody", { operation: "add", input: "1" }, 404],
  ["requester", "retries a mail", (w) => `/outbox/${w.mail}/retry`, {}, 403],
  ["requester", "sends a test mail", () => "/outbox/test", {}, 403],
  ["other", "decides somebody else's request", (w) => `${w.request}/decide`, { verdict: "approve" }, 404],
  ["approver", "decides without the nonce", (w) => `${w.request}/decide`, { verdict: "approve" }, 422],
  ["admin", "uses an unknown verb", (w) => `/instances/request-${w.id}/explode`, { reason: "x" }, 404],
  ["admin", "restarts what still runs", (w) => `/instances/request-${w.id}/restart`, { reason: "x" }, 409],
  ["admin", "resumes what is not suspended", (w) => `/instances/request-${w.id}/resume`, { reason: "x" }, 409],
  ["admin", "terminates what does not exist", () => "/instances/request-nothing/terminate", { reason: "x" }, 404],
  ["admin", "uses an unknown verb on a person", (w) => `/people/${w.person}/promote`, {}, 404],
  ["admin", "disables nobody", () => `/people/${NOBODY}/disable`, {}, 404],
  ["admin", "retries nothing", () => `/outbox/${NOBODY}/retry`, {}, 404],
];

for (const [who, what, path, form, status] of WRITES) {
  test(`a ${who} ${what}: ${status}, and nothing changes`, async ({ shared: world, portal }) => {
    const before = words((await world.clients.requester.get(world.request)).text);
    const arrived = portal.mail.mails.length;
    const answer = await world.clients[who].post(path(world), form);
    expect(answer.status).toBe(status);
    expectClear(answer);
    expect(words((await world.clients.requester.get(world.request)).text)).toBe(before);
    expect(portal.mail.mails.length).toBe(arrived);
  });
}

test("admins cannot lock themselves out", async ({ world }) => {
  const rows = (await world.clients.admin.get("/people")).text;
  const self = rows.match(/\(you\).*?action="\/people\/([0-9a-f-]{36})\/roles"/s)![1];
  for (const [verb, form] of [["disable", {}], ["roles", { role: "requester" }], ["roles", {}]] as const) {
    const answer = await world.clients.admin.post(`/people/${self}/${verb}`, form);
    expectClear(answer);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
  expect((await world.clients.admin.get("/people")).status).toBe(200);
});

test("methods that an address does not know are refused", async ({ world }) => {
  for (const path of ["/", "/sign-in", world.request, world.holder.path, "/people/invite", "/outbox/test", new URL(world.link).pathname]) {
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const answer = await world.clients.admin.send(method, path);
      expect(answer.status, `${method} ${path}`).toBe(405);
    }
  }
});

// --- Another site ------------------------------------------------------------------------------------------------------

test("what another site makes a browser send is refused, whatever it is", async ({ world }) => {
  const targets: [Client, string][] = [
    [world.clients.approver, `${world.request}/decide`], [world.clients.admin, "/people/invite"], [world.clients.requester, "/sign-out"],
    [world.clients.admin, `/instances/request-${world.id}/terminate`], [world.clients.stranger, "/sign-in"], [world.holder.client, world.holder.path],
    [world.clients.stranger, world.invitation], [world.clients.requester, "/requests/new"],
  ];
  for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { origin: "null" }]) {
    for (const [client, path] of targets) {
      const answer = await client.post(path, { verdict: "approve", nonce: world.holder.nonce, reason: "x", email: "x@y.test" }, { headers });
      expect(answer.status, `${path} with ${JSON.stringify(headers)}`).toBe(403);
      expectClear(answer);
    }
  }
  expect((await world.clients.requester.get(world.request)).status, "still signed in").toBe(200);
});

// --- Forms that come back ------------------------------------------------------------------------------------------------

const REQUESTS: [string, object, string, string[]][] = [
  ["nothing", { title: "", approvers: [] }, "Enter a title", []],
  ["a title that is too long", { title: "t".repeat(201), approvers: ["a@b.test"] }, "at most 200 characters", ["title"]],
  ["a text that is too long", { title: "A", text: "t".repeat(200_001), approvers: ["a@b.test"] }, "too long", ["title", "text"]],
  ["no approver", { title: "Only a title", approvers: ["", ""] }, "at least one approver", ["title"]],
  ["too many approvers", { title: "A", approvers: Array.from({ length: 21 }, (_, n) => `a${n}@b.test`) }, "At most 20", ["title", "approver"]],
  ["an approver that is no address", { title: "A", approvers: ["<script>@"] }, "not a mail address", ["approver"]],
  ["an address with a line break", { title: "A", approvers: ["a@b.test\r\nBcc: c@d.test"] }, "not a mail address", []],
  ["an unknown rule", { title: "A", approvers: ["a@b.test"], rule: "most" }, "how many must approve", ["title"]],
  ["a number that is too large", { title: "A", approvers: ["a@b.test"], rule: "at_least", needed: "2" }, "from 1 to 1", ["needed"]],
  ["a time that is none", { title: "A", approvers: ["a@b.test"], due: "soon" }, "number", ["due"]],
  ["a time without end", { title: "A", approvers: ["a@b.test"], due: "999999", due_unit: "days" }, "At most a year", ["due"]],
  ["an unknown unit", { title: "A", approvers: ["a@b.test"], due_unit: "weeks" }, "minutes, hours or days", ["due"]],
  ["a reminder before the beginning", { title: "A", approvers: ["a@b.test"], due: "1", remind: "2" }, "reminder", ["remind"]],
  ["an escalation to an approver", { title: "A", approvers: ["a@b.test"], escalate_to: "a@b.test" }, "asked already", ["escalate_to"]],
  ["an unknown end", { title: "A", approvers: ["a@b.test"], final_rule: "explode" }, "how the request ends", ["title"]],
  ["a title of control characters", { title: "\u0000\u0007\r\n", approvers: ["a@b.test"] }, "Enter a title", []],
  ["a file that is too large", { title: "Big", text: "kept", approvers: ["a@b.test"], files: [new File([new Uint8Array(25_000_001)], "big.bin")] }, "too large", ["title", "text", "approver"]],
];

for (const [what, given, says, keeps] of REQUESTS) {
  test(`a request with ${what} comes back with "${says}"`, async ({ world, portal }) => {
    const fields = requestFields(given) as [string, string | File][];
    const answer = await world.clients.requester.send("POST", "/requests/new", { multipart: fields });
    expect(answer.status).toBe(422);
    expectClear(answer);
    expect(words(answer.text)).toContain(says);
    for (const name of keeps) {
      const typed = fields.find(([field]) => field === name)![1];
      expect(valueOf(answer.text, name) === typed, `${name} is kept`).toBe(true);
    }
    expect(portal.mail.mails.filter((mail) => mail.to.endsWith("@b.test"))).toEqual([]);
  });
}

test("files of a form that came back are sent with the next attempt, and only by whoever uploaded them", async ({ world }) => {
  const first = await world.clients.requester.send("POST", "/requests/new", {
    multipart: requestFields({ title: "", approvers: ["a@c.test"], files: [new File(["kept content\n"], "kept.txt")] }),
  });
  const kept = valueOf(first.text, "kept_file")!;
  const theirs = await world.clients.other.send("POST", "/requests/new", {
    multipart: [...requestFields({ title: "Stolen", approvers: ["a@c.test"] }), ["kept_file", kept]],
  });
  if (theirs.status === 303) expect((await world.clients.other.open(theirs.location!)).text).not.toContain("kept.txt");
  const second = await world.clients.requester.send("POST", "/requests/new", {
    multipart: [...requestFields({ title: "Now right", approvers: ["a@c.test"] }), ["kept_file", kept]],
  });
  expect(second.status).toBe(303);
  const path = new URL(second.location!, world.clients.requester.base).pathname;
  expect((await world.clients.requester.get(`${path}/files/1`)).text).toBe("kept content\n");
});

test("an upload that breaks off half-way, or is no upload, is refused", async ({ world }) => {
  const { requester } = world.clients;
  const multipart = { "content-type": "multipart/form-data; boundary=XX" };
  const half = '--XX\r\ncontent-disposition: form-data; name="title"\r\n\r\nHalf\r\n--XX\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc';
  const bodies: [string, Record<string, string>][] = [
    [half, multipart], ["", multipart], ["--XX--", multipart], ["garbage", multipart],
    [half, { "content-type": "multipart/form-data" }], ["title=x", { "content-type": "application/x-www-form-urlencoded" }],
    ["{}", { "content-type": "application/json" }], ['--XX\r\ncontent-disposition: form-data; name="title"\r\n\r\n\u00ff\r\n--XX--', multipart],
  ];
  for (const [body, headers] of bodies) {
    const answer = await requester.send("POST", "/requests/new", { body, headers });
    expectClear(answer);
    expect(answer.status, body.slice(0, 20)).toBeGreaterThanOrEqual(400);
  }
  expect((await requester.get("/?tab=mine")).text).not.toContain("Half");
});

test("a connection that ends in the middle of an upload harms nobody", async ({ world, portal }) => {
  const cookie = world.clients.requester.cookies().map(({ name, value }) => `${name}=${value}`).join("; ");
  const socket = connect(portal.server.port, "127.0.0.1");
  socket.write(`POST /requests/new HTTP/1.1\r\nhost: 127.0.0.1:${portal.server.port}\r\ncookie: ${cookie}\r\ncontent-type: multipart/form-data; boundary=XX\r\ncontent-length: 1000000\r\n\r\n--XX\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${"a".repeat(600_000)}`);
  await new Promise<void>((sent) => socket.end(() => sent()));
  socket.destroy();
  expect((await world.clients.requester.get(world.request)).status).toBe(200);
});

const ANSWERS: [string, object, number, string, string[]][] = [
  ["no choice", { reason: "typed" }, 422, "Choose whether you approve or reject", ["reason"]],
  ["a verdict that is none", { verdict: "maybe", reason: "typed" }, 422, "Choose whether you approve or reject", ["reason"]],
  ["a rejection without a reason", { verdict: "reject", reason: " \n " }, 422, "Say why you reject it", []],
  ["a reason that is too long", { verdict: "reject", reason: LONG }, 422, "at most 2000 characters", ["reason"]],
  ["no nonce", { nonce: "", verdict: "approve", reason: "typed" }, 422, "open for too long", ["reason"]],
  ["a nonce of another form", { nonce: "csn_nonce", verdict: "approve", reason: "typed" }, 422, "open for too long", ["reason"]],
  ["a body that is much too large", { verdict: "reject", reason: "x".repeat(300_000) }, 413, "too large", []],
];

for (const [what, given, status, says, keeps] of ANSWERS) {
  test(`an answer with ${what}: ${status} "${says}"`, async ({ world }) => {
    const { client, path, nonce } = world.holder;
    const answer = await client.post(path, { nonce, ...given });
    expect(answer.status).toBe(status);
    expectClear(answer);
    expect(words(answer.text)).toContain(says);
    for (const name of keeps) expect(valueOf(answer.text, name)).toBe((given as Record<string, string>)[name]);
    expect(words((await world.clients.requester.get(world.request)).text)).toContain("0 of 2");
    // The question stays open: what was wrong can be mended.
    const again = await decideByLink(world.clients.admin.base, world.link, "approve");
    expect(again.answer.status).toBe(303);
  });
}

test("bytes that are no text are refused", async ({ world }) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  for (const [client, path] of [[world.holder.client, world.holder.path], [world.clients.stranger, "/sign-in"], [world.clients.admin, "/people/invite"]] as const) {
    const answer = await client.send("POST", path, { body: "verdict=%ff%fe&reason=%00&email=%ff&nonce=%ff&password=%00", headers });
    expectClear(answer);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
});

test("a link to one question opens no other", async ({ world, portal, people }) => {
  const guest = people.address("second");
  await submitRequest(world.clients.requester, { title: "Another subject", approvers: [guest] });
  const mail = await portal.mail.next(guest, about("Another subject"));
  const page = await new Client(portal.url).open(new URL(mail.link).pathname);
  const answer = await world.holder.client.post(page.path, { nonce: world.holder.nonce, verdict: "approve" });
  expect(answer.status).toBe(403);
  // The cookie of one question, sent by hand to the address of another.
  const cookie = world.holder.client.cookies().map(({ name, value }) => `${name}=${value}`).join("; ");
  expect((await new Client(portal.url).get(page.path, { headers: { cookie } })).status).toBe(403);
});

test("an expired link says so, and mails a new one to the address on file, not too often", async ({ world, portal, people }) => {
  // Twelve seconds to decide, eight of them spent on hold: the due time moves, and the link ends before it. A link that
  // ended while on hold would have been replaced.
  const [guest, title, admin] = [people.address("slow"), "Held for long", world.clients.admin];
  const path = await submitRequest(world.clients.requester, { title, approvers: [guest], due: "0.2", due_unit: "minutes", remind: "" });
  const instance = `/instances/request-${idOf(path)}`;
  const end = Date.now() + 13_000;
  const old = await portal.mail.next(guest, about(title));
  expect((await admin.post(`${instance}/suspend`, { reason: "wait" })).status).toBe(303);
  await until("most of the time is over", () => Date.now() > end - 5_000);
  expect((await admin.post(`${instance}/resume`, { reason: "go on" })).status).toBe(303);
  await until("the link has expired", () => Date.now() > end);

  const client = new Client(portal.url);
  const page = await client.open(new URL(old.link).pathname);
  expect(headingOf(page.text)).toBe("This link has expired");
  expect((await client.post(page.path, { nonce: "x", verdict: "approve" })).status).toBeLessThan(500);
  const sent = await client.post(`${page.path}/new-link`);
  expect(headingOf(sent.text)).toBe("A new link is on its way");
  expect(sent.text).not.toContain(guest);
  const fresh = await portal.mail.next(guest, (mail) => about(title)(mail) && mail.link && mail.link !== old.link);
  expect((await decideByLink(portal.url, fresh.link, "approve")).answer.status).toBe(303);
  expect(words((await world.clients.requester.get(path)).text)).toContain("The request was approved by");
});

const ACCOUNTS: [string, (world: World) => string, object, number, string, string[]][] = [
  ["nothing at sign-in", () => "/sign-in", {}, 422, "password", []],
  ["a password of a megabyte at sign-in", () => "/sign-in", { email: "a@b.test", password: "x".repeat(200_000) }, 422, "password", ["email"]],
  ["no address in an invitation", () => "/people/invite", { name: "Nora", role: "approver" }, 422, "mail address", ["name"]],
  ["a name that is too long in an invitation", () => "/people/invite", { email: "nora@x.test", name: "n".repeat(500), role: "approver" }, 422, "name", ["email", "name"]],
  ["a short password for an invitation", (w) => w.invitation, { name: "Ina Vited", password: "short" }, 422, "password", ["name"]],
  ["a password that is too long for an invitation", (w) => w.invitation, { name: "Ina Vited", password: "x".repeat(5_000) }, 422, "password", ["name"]],
  ["no name for an invitation", (w) => w.invitation, { name: " ", password: "long enough for all" }, 422, "name", []],
  ["no reason for a verb", (w) => `/instances/request-${w.id}/suspend`, { reason: "" }, 422, "reason", []],
  ["a reason that is too long for a verb", (w) => `/instances/request-${w.id}/terminate`, { reason: LONG }, 422, "characters", ["reason"]],
];

for (const [what, path, form, status, says, keeps] of ACCOUNTS) {
  test(`${what}: ${status} "${says}"`, async ({ world }) => {
    const client = path(world).startsWith("/sign-in") || path(world).startsWith("/invite") ? world.clients.stranger : world.clients.admin;
    const answer = await client.post(path(world), form);
    expect(answer.status).toBe(status);
    expectClear(answer);
    expect(words(answer.text).toLowerCase()).toContain(says.toLowerCase());
    for (const name of keeps) expect(answer.text, `${name} is kept`).toContain((form as Record<string, string>)[name]);
  });
}

test("guessing passwords has to wait, and others need not", async ({ portal, people, world }) => {
  const guessed = people.address("guessed");
  const guesser = new Client(portal.url);
  const statuses = [];
  for (let attempt = 0; attempt < 12; attempt++) statuses.push((await guesser.post("/sign-in", { email: guessed, password: `guess ${attempt}` })).status);
  expect(statuses.at(-1)).toBe(429);
  await new Client(portal.url).signIn(world.requester);
});
