// Lets readers of the API reference try its calls. The token is typed in and stays in this page's memory.
const $ = (s, root = document) => [...root.querySelectorAll(s)];
const [place] = $("[data-api-token]");
const [token] = $("input", place);

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const field = (label, input) => make("label", { className: "field__label" }, label, input);

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(operation, fields, sent, output) {
  const { method } = operation.dataset;
  let { path } = operation.dataset;
  const query = new URLSearchParams();
  const headers = new Headers({ Authorization: `Bearer ${token.value.trim()}` });
  for (const { name, place, input } of fields) {
    const value = input.value.trim();
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === "query") query.set(name, value);
    else if (value) headers.set(name, value);
  }
  if (sent) headers.set("Content-Type", sent.media);
  const body = sent && (sent.input.files ? sent.input.files[0] : sent.input.value);
  const address = query.size ? `${path}?${query}` : path;
  // Without the session: what is tried is what a program could do.
  const answer = await fetch(address, { method, headers, body, credentials: "omit" });
  const head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  // What was asked for first; the headers are the same nearly always.
  output.textContent = `${answer.status} ${answer.statusText}\n\n${pretty(await answer.text())}\n\n${head}`;
}

function form(operation) {
  const rows = $("[data-place]", operation).filter((row) => row.dataset.place !== "body");
  const fields = rows.map(({ dataset: { name, place, required } }) => {
    const input = make("input", { className: "input", autocomplete: "off", required: required === "" });
    return { name, place, input };
  });
  const [body] = $("[data-media]", operation);
  const { media, example } = body?.dataset ?? {};
  const input = example ? make("textarea", { className: "input", rows: 8, value: example }) : make("input", { className: "input input--file", type: "file" });
  const sent = body && { media, input };
  const output = make("pre", { className: "json", hidden: true, tabIndex: 0 });
  const button = make("button", { className: "button button--primary" }, "Send");
  const all = fields.map((of) => field(of.name, of.input));
  if (sent) all.push(field("body", input));
  const whole = make("form", { className: "api__try" }, ...all, button, output);
  whole.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    output.hidden = false;
    await send(operation, fields, sent, output).catch((error) => (output.textContent = String(error)));
    button.disabled = false;
    output.focus();
  });
  return whole;
}

place.hidden = false;
for (const operation of $("[data-path]")) {
  const [slot] = $("[data-api-try]", operation);
  const button = make("button", { className: "button", type: "button" }, "Try it");
  button.addEventListener("click", () => {
    slot.replaceChildren(form(operation));
    $("input, textarea, button", slot)[0].focus();
  });
  slot.append(button);
}
// A link to an operation opens it.
const open = () => $("[data-path]").filter((operation) => `#${operation.id}` === location.hash).forEach((one) => (one.open = true));
addEventListener("hashchange", open);
open();
