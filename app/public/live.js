// Keeps an open page true: its times, and the parts that the server says have changed. Every page works without it.
const $ = (s, root = document) => [...root.querySelectorAll(s)];
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e9]];
const shown = {};
let busy = Promise.resolve();

// The server writes times as the reader's clocks show them; only how far away they are changes while a page is open.
function tell() {
  for (const t of $("time:not([data-exact])")) {
    const left = new Date(t.dateTime) - Date.now();
    const [unit, size] = units.find((u) => u[0] === "second" || Math.abs(left) >= 1.5 * u[1]);
    const near = ago.format(Math.round(left / size), unit);
    if (t.dataset.relative === "" && t.textContent !== near) t.textContent = near;
    t.dataset.full ??= t.title.replace(/ \([^(]*$/, "");
    t.title = `${t.dataset.full} (${near})`;
  }
}

// A part with a key may hold a form that somebody fills in: it is replaced only when the key changes.
function swap(old, fresh) {
  const { livePart: name, liveKey: key } = old.dataset;
  if (!fresh || (key ? key === fresh.dataset.liveKey : shown[name] === fresh.outerHTML)) return false;
  if (old.contains(document.activeElement)) return void old.addEventListener("focusout", refresh, { once: true });
  shown[name] = fresh.outerHTML;
  fresh.dataset.fresh = "";
  old.replaceWith(fresh);
  return true;
}

async function load() {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(2e4) });
  if (answer.status >= 500) throw answer.status;
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = (name) => $(`[data-live-part="${name}"]`, page)[0];
  const changed = $("[data-live-part]").filter((old) => swap(old, part(old.dataset.livePart)));
  tell();
  if (changed.length) $("[data-live-status]")[0].textContent = `Updated, ${new Date().toLocaleTimeString()}`;
}

// What could not be fetched is fetched again, so that no change is missed when the last event has come already.
function refresh() {
  busy = busy.then(load).catch(() => void setTimeout(refresh, 5e3));
}

for (const here of $("[data-zone-here]")) here.append(` This browser is in ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`);
for (const part of $("[data-live-part]")) shown[part.dataset.livePart] = part.outerHTML;
tell();
setInterval(tell, 3e4);
for (const { dataset } of $("[data-live]")) {
  const events = new EventSource(dataset.live);
  events.onmessage = refresh;
  // The browser reconnects by itself; where it gives up, ask now and then.
  events.onerror = () => events.readyState === 2 && setInterval(refresh, 15e3);
}
