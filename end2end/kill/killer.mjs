// Kills the server at random moments: most while it works, some while it still starts.

/** Ends and starts the server `kills` times, spread over the driver's requests. */
export class Killer {
  constructor({ server, random, kills, requests, driver }) {
    Object.assign(this, { server, random, kills, requests, driver });
  }

  async run() {
    for (let kill = 1; kill <= this.kills; kill++) {
      // New work before each kill, so that none hits an idle server.
      this.driver.allow(Math.ceil((kill / this.kills) * this.requests));
      await this.#moment();
      await this.server.kill("SIGKILL");
      this.driver.kills++;
      this.driver.starts.push(performance.now());
      this.server.spawn();
      // Every fifth kill hits a server that is still starting.
      if (kill % 5 !== 0) await this.server.ready();
    }
    await this.server.ready();
  }

  /** A random moment within the next two seconds, a short one more often than a long one. */
  #moment() {
    const milliseconds = 2000 * this.random() ** 2 + 5;
    return new Promise((now) => setTimeout(now, milliseconds));
  }
}
