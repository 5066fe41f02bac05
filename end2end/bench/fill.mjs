// Fills a database with many requests by SQL: copies of requests that were really made, so that every column is as the
// portal writes it, whichever columns there are.

import { execFile } from "node:child_process";

/** Copied people; each has the password of the person that they were copied from. */
export const PEOPLE = 200;
/** The number of the person who is asked about very many requests. */
export const BUSY = 0;

/** A database that statements are sent to by its own program. */
export class Database {
  /** @param {{ file?: string, url?: string }} place */
  constructor({ file, url }) {
    this.isPostgres = Boolean(url);
    this.command = url ? ["psql", url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", "-"] : ["sqlite3", "-batch", "-bail", file];
  }

  /** Runs statements; gives what they print, one line per row. */
  async run(sql) {
    const [program, ...args] = this.command;
    return new Promise((resolve, reject) => {
      const child = execFile(program, args, { maxBuffer: 1 << 26 }, (error, out, notes) => {
        if (error) reject(new Error(`${program}: ${notes || error.message}`));
        else resolve(out.split("\n").filter(Boolean));
      });
      child.stdin.end(this.isPostgres ? sql : `.timeout 10000\n${sql}`);
    });
  }

  /** The columns of a table. */
  columns(table) {
    const sql = this.isPostgres
      ? `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '${table}' ORDER BY ordinal_position;`
      : `SELECT name FROM pragma_table_info('${table}');`;
    return this.run(sql);
  }

  /** Copies the rows of a table that `where` names (as `t`) once for each of the numbers `n` from `first` to `last`, with other values in some columns. */
  async copy(table, where, first, last, changed) {
    const columns = await this.columns(table);
    const values = columns.map((column) => changed[column] ?? `t.${column}`);
    await this.run(`
      WITH RECURSIVE s(n) AS (SELECT CAST(${first} AS bigint) UNION ALL SELECT n + 1 FROM s WHERE n < ${last})
      INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM s CROSS JOIN ${table} t WHERE ${where};`);
  }
}

/** A number as the last twelve digits of an id. */
const digits = (n) => `substr(CAST(1000000000000 + (${n}) AS text), 2)`;
/** The id of a copied person. */
export const personId = (n) => `('01910000-0000-7000-8000-' || ${digits(n)})`;
/** The id of a copied request; older than all that are really made. */
const requestId = "('01900000-0000-7000-8000-' || " + digits("n") + ")";

/** Whom a copied question is put to: the busy person gets every other one. */
const asked = `CASE WHEN t.position % 3 = 1 AND n % 2 = 0 THEN ${BUSY} ELSE 1 + (n * 7 + t.position) % ${PEOPLE - 1} END`;

const WORDS = ["lease", "invoice", "travel", "contract", "budget", "licence", "repair", "training", "furniture", "audit"];
/** A word that changes from one request to the next. */
const word = (step) => `CASE (n / ${step}) % ${WORDS.length} ${WORDS.map((text, at) => `WHEN ${at} THEN '${text}'`).join(" ")} END`;

/** The search words of the measurement, by how many of `count` requests have them. */
export const SEARCHES = { rare: "needle", tenth: "invoice", all: "quarterly" };

/**
 * Copies requests until there are `count`, nine of ten ended.
 * @param {Database} database
 * @param {{ person: string, open: string, ended: string, count: number }} given ids of a person and of two requests, one open, one ended
 */
export async function fill(database, { person, open, ended, count }) {
  await database.copy("users", `t.id = '${person}'`, 0, PEOPLE - 1, {
    id: personId("n"),
    email: "'person.' || n || '@people.test'",
    name: "'Person ' || n",
  });
  const hour = 3_600_000_000;
  const time = (column) => `t.${column} - (${count} - n) * ${hour / 60}`;
  const requester = personId(`(n * 13) % ${PEOPLE}`);
  for (const [template, rest] of [[open, "n % 10 = 1"], [ended, "n % 10 <> 1"]]) {
    const of = (column) => `t.${column} = '${template}' AND ${rest}`;
    await database.copy("requests", of("id"), 1, count, {
      id: requestId,
      title: `'Request ' || n || ' about the ' || ${word(1)} || ' and the ' || ${word(10)}`,
      text: "t.text || CASE WHEN n % 10000 = 7 THEN ' needle' ELSE '' END",
      requester_id: requester,
      submitted_at: time("submitted_at"),
      updated_at: time("updated_at"),
    });
    await database.copy("assignments", of("request_id"), 1, count, {
      id: "('0192' || substr(CAST(10000 + t.position AS text), 2) || '-0000-7000-8000-' || " + digits("n") + ")",
      request_id: requestId,
      user_id: personId(asked),
    });
    await database.copy("request_events", of("request_id"), 1, count, { request_id: requestId });
    await database.copy("request_revisions", of("request_id"), 1, count, { request_id: requestId });
  }
  await database.run(`
    WITH RECURSIVE s(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM s WHERE n < ${count})
    INSERT INTO request_observers (request_id, user_id, added_by, added_at)
    SELECT ${requestId}, ${personId(BUSY)}, NULL, 0 FROM s WHERE n % 4 = 0;`);
  if (database.isPostgres) await database.run("ANALYZE;");
}

/** How many requests have their words. */
export async function indexed(database) {
  const [count] = await database.run("SELECT count(*) FROM request_search;");
  return Number(count);
}
