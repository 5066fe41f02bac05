// Submits and decides requests over HTTP, tries again whatever was not acknowledged, and remembers what was.

import { Client, headingOf, valueOf } from "../fixtures/client.mjs";
import { requestFields } from "../fixtures/requests.mjs";
import { until } from "../fixtures/until.mjs";

const WORKERS = 8;

/**
 * What one approver was promised: `answered` once a 303 came back, `told` is the heading that the link's page had afterwards.
 * @typedef {{ address: string, verdict: "approve" | "reject", link: string | null, answered: boolean, told: string | null }} Vote
 * @typedef {{ number: number, rule: "any" | "all", title: string, path: string | null, votes: Vote[] }} Case
 */

export class Driver {
  kills = 0;
  /** When each process of the server was started, the first one left out. */
  starts = [];
  /** @type {Case[]} */
  cases = [];
  #allowed = 0;
  #refusals = 0;

  constructor({ server, mail, root, random, requests }) {
    Object.assign(this, { server, mail, root, requests });
    for (let number = 1; number <= requests; number++) {
      const rule = random() < 0.5 ? "any" : "all";
      const votes = ["a", "b"].map((who) => ({
        address: `${who}${number}@kill.test`, verdict: random() < 0.7 ? "approve" : "reject", link: null, answered: false, told: null,
      }));
      this.cases.push({ number, rule, title: "", path: null, votes });
    }
  }

  /** Lets the workers go on to this number of requests. */
  allow(number) {
    this.#allowed = number;
  }

  /** Returns when every request was submitted and every vote was answered. */
  async run() {
    const waiting = [...this.cases];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await until(`request ${next.number} may be submitted`, () => this.#allowed >= next.number, 170_000);
        await this.#submit(next);
        // Both at the same time: the database decides who is first.
        await Promise.all(next.votes.map((vote) => this.#vote(next, vote)));
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
  }

  /** Tries until a submission is acknowledged. Each attempt has a title of its own: one that was not acknowledged may exist. */
  async #submit(of) {
    for (let attempt = 1; of.path === null; attempt++) {
      const title = `Kill ${of.number}.${attempt}`;
      const fields = requestFields({ title, rule: of.rule, approvers: of.votes.map((vote) => vote.address), files: [new File([`file of ${title}\n`], "file.txt")] });
      const answer = await this.#patiently(() => this.root.send("POST", "/requests/new", { multipart: fields }));
      if (answer === null) continue;
      if (answer.status !== 303) throw new Error(`"${title}" was answered with ${answer.status} ${headingOf(answer.text)}`);
      [of.title, of.path] = [title, new URL(answer.location, this.server.url).pathname];
    }
  }

  /** Opens the link of a vote's mail and answers, until the page says that there is nothing left to answer. */
  async #vote(of, vote) {
    const subject = (mail) => mail.subject.endsWith(of.title) && mail.link;
    const mail = await until(`the mail for ${vote.address} about "${of.title}" arrives`, () => this.mail.to(vote.address, subject)[0], 60_000);
    vote.link = mail.link;
    const client = new Client(this.server.url);
    while (vote.told === null) {
      const page = await this.#patiently(() => client.open(new URL(vote.link).pathname));
      if (page === null) continue;
      const nonce = valueOf(page.text, "nonce");
      if (nonce === null) vote.told = headingOf(page.text);
      else if (vote.answered) throw new Error(`the vote of ${vote.address} was acknowledged, but its question is open again`);
      else vote.answered = await this.#answer(client, page.path, { nonce, verdict: vote.verdict, reason: `because of ${vote.address}` });
    }
  }

  /** Posts an answer; whether it was acknowledged. */
  async #answer(client, path, form) {
    const answer = await this.#patiently(() => client.post(path, form));
    if (answer !== null && answer.status !== 303) throw new Error(`an answer to ${path} met ${answer.status} ${headingOf(answer.text)}`);
    return answer !== null;
  }

  /** One attempt; null when the server was away or said that it cannot right now. */
  async #patiently(attempt) {
    try {
      const answer = await attempt();
      if (answer.status !== 503) return answer;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says so when a connection breaks.
    }
    this.#refusals++;
    await until("the server is back", async () => (await fetch(`${this.server.url}/readyz`).catch(() => null))?.ok, 60_000);
    return null;
  }

  summary() {
    const votes = this.cases.flatMap((each) => each.votes);
    return [
      `${this.cases.filter((each) => each.path).length} submissions and ${votes.filter((vote) => vote.answered).length} decisions acknowledged`,
      `${this.kills} kills, ${this.#refusals} attempts broken by them`,
    ];
  }
}
