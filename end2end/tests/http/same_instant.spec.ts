// Answers that come at the same instant: one verdict, however often and by whatever way.

import { Client, headingOf, valueOf, words } from "../../fixtures/client.mjs";
import { submitRequest } from "../../fixtures/requests.mjs";
import { about } from "../../fixtures/mail";
import { expect, test } from "../../fixtures/app";

test("many approvers of an any-of stage post at once: one verdict, and everybody is told which", async ({ people, portal }) => {
  const rita = await (await people.invite("Rita", "requester")).client();
  for (let round = 0; round < 5; round++) {
    const title = `Race ${round}`;
    const addresses = Array.from({ length: 6 }, (_, index) => people.address(`racer${index}`));
    const path = await submitRequest(rita, { title, approvers: addresses });
    const racers = [];
    for (const address of addresses) {
      const client = new Client(portal.url);
      const page = await client.open(new URL((await portal.mail.next(address, about(title))).link).pathname);
      racers.push({ address, client, path: page.path, nonce: valueOf(page.text, "nonce")! });
    }
    // Each posts twice: a double click is no second answer.
    const posts = await Promise.all(racers.flatMap((racer) => [racer, racer].map(({ client, path, nonce }) => client.post(path, { nonce, verdict: "approve" }))));
    for (const answer of posts) expect(answer.status).toBe(303);
    const headings = await Promise.all(racers.map(async ({ client, path }) => client.get(path)));
    const winners = racers.filter((_, index) => headingOf(headings[index].text) === "You approved this request");
    expect(winners).toHaveLength(1);
    for (const page of headings) {
      if (headingOf(page.text) === "You approved this request") continue;
      expect(headingOf(page.text)).toBe("Already approved");
      expect(words(page.text)).toContain(`${winners[0].address} approved it`);
      expect(page.text).toMatch(/<time[^>]*datetime="\d{4}-/);
    }
    const request = words((await rita.get(path)).text);
    expect(request.match(/ approved(?= )(?! by)/g)!.length, "one line says who approved").toBeGreaterThan(0);
    expect(request.match(/The request was approved by/g)).toHaveLength(1);
    for (const address of addresses) expect(request.includes(`${address} approved `)).toBe(address === winners[0].address);
  }
});

test("yes and no at the same instant: the one that wins is the one that everybody sees", async ({ people, portal }) => {
  const rita = await (await people.invite("Rita", "requester")).client();
  for (let round = 0; round < 5; round++) {
    const title = `Yes or no ${round}`;
    const addresses = [people.address("yes"), people.address("no")];
    const path = await submitRequest(rita, { title, approvers: addresses, rule: "all" });
    const sides = [];
    for (const [index, address] of addresses.entries()) {
      const client = new Client(portal.url);
      const page = await client.open(new URL((await portal.mail.next(address, about(title))).link).pathname);
      const answer = index === 0 ? { verdict: "approve" } : { verdict: "reject", reason: "no" };
      sides.push({ client, path: page.path, form: { nonce: valueOf(page.text, "nonce")!, ...answer } });
    }
    await Promise.all(sides.map(({ client, path, form }) => client.post(path, form)));
    const request = words((await rita.get(path)).text);
    expect(request.match(/The request was rejected by/g)).toHaveLength(1);
    expect(request).not.toContain("The request was approved");
    expect(headingOf((await sides[1].client.get(sides[1].path)).text)).toBe("You rejected this request");
    expect(["You approved this request", "Already rejected"]).toContain(headingOf((await sides[0].client.get(sides[0].path)).text));
  }
});
