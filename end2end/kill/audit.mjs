// What must hold at the end.

import { Client, headingOf, words } from "../fixtures/client.mjs";
import { outboxRows } from "../fixtures/requests.mjs";
import { until } from "../fixtures/until.mjs";

/** Compares what was acknowledged with what is there. Gives everything that is not as it must be. */
export async function audit({ mail, root, driver }) {
  const problems = [];
  // Whatever is still under way after the last start must come to rest first.
  await until("all mails are sent", async () => (await outboxRows(root)).every((row) => row.state.startsWith("Sent")), 60_000);
  for (const of of driver.cases) {
    if (of.path === null) problems.push(`request ${of.number} was never acknowledged`);
    else problems.push(...(await auditCase(root, of)), ...(await auditLinks(root, of)));
  }
  problems.push(...auditOutbox(await outboxRows(root)), ...auditArrivals(mail.mails, driver.starts));
  return problems;
}

async function auditCase(root, { title, path, rule, votes }) {
  const answer = await root.get(path);
  if (answer.status !== 200) return [`"${title}" was acknowledged, but answers ${answer.status}`];
  const page = words(answer.text);
  const problems = [];
  const say = (problem) => problems.push(`"${title}" (${path}): ${problem}`);
  if (!page.includes(title)) say("its title is lost");
  const file = await root.get(`${path}/files/1`);
  if (file.text !== `file of ${title}\n`) say(`its file is lost (${file.status})`);

  const verdicts = page.match(/The request was (approved|rejected) by/g) ?? [];
  if (verdicts.length !== 1) say(`it has ${verdicts.length} final verdicts`);
  for (const vote of votes) {
    const counted = (page.match(new RegExp(`${vote.address} (?:approved|rejected)\\b`, "g")) ?? []).length;
    const mine = vote.told === `You ${vote.verdict === "approve" ? "approved" : "rejected"} this request`;
    if (counted !== (mine ? 1 : 0)) say(`${vote.address} was told "${vote.told}", and counts ${counted} times`);
  }
  // Whoever comes first: one approval is enough for "any", one rejection for "all".
  const given = votes.map((vote) => vote.verdict);
  const approved = rule === "any" ? given.includes("approve") : !given.includes("reject");
  if (!page.includes(`The request was ${approved ? "approved" : "rejected"} by`)) say(`it must be ${approved ? "approved" : "rejected"}`);
  return problems;
}

/** A link says the same as it did when the vote was given. */
async function auditLinks(root, { votes }) {
  const problems = [];
  for (const vote of votes) {
    const { text } = await new Client(root.base).open(new URL(vote.link).pathname);
    if (headingOf(text) !== vote.told) problems.push(`${vote.address} was told "${vote.told}", and reads now "${headingOf(text)}"`);
  }
  return problems;
}

/** One mail per recipient, subject and kind. */
function auditOutbox(rows) {
  const problems = [];
  for (const [key, same] of grouped(rows, (row) => `${row.kind} to ${row.to} about "${row.subject}"`)) {
    if (same.length > 1) problems.push(`the outbox holds ${same.length} mails: ${key}`);
  }
  return problems;
}

/**
 * A mail whose sending was interrupted by a kill arrives once more, as the same message: nobody can know whether the mail
 * server had it. So each process of the server may send it once, and no more.
 */
function auditArrivals(mails, starts) {
  const processOf = (each) => starts.filter((start) => start <= each.connectedAt).length;
  const problems = [];
  for (const [id, copies] of grouped(mails, (each) => each.messageId)) {
    if (!id) problems.push("a mail has no Message-ID");
    const senders = copies.map(processOf);
    if (new Set(senders).size < copies.length) problems.push(`${id} arrived ${copies.length} times, from processes ${senders.join(", ")}`);
    if (new Set(copies.map((copy) => `${copy.to}\n${copy.subject}\n${copy.text}`)).size > 1) problems.push(`${id} arrived with different contents`);
  }
  for (const [key, same] of grouped(mails.filter((each) => each.link), (each) => `${each.to} about "${each.subject}"`)) {
    if (new Set(same.map((each) => each.messageId)).size > 1) problems.push(`${key} was asked by several messages`);
  }
  return problems;
}

/** How often mails arrived, as one line. */
export function arrivals(mails) {
  const counts = new Map();
  for (const [, copies] of grouped(mails, (each) => each.messageId)) counts.set(copies.length, (counts.get(copies.length) ?? 0) + 1);
  const parts = [...counts].sort(([one], [other]) => one - other).map(([times, count]) => `${count} arrived ${times === 1 ? "once" : `${times} times`}`);
  return `mails: ${parts.join(", ")}`;
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
