// Shortcuts. Only pages with the list of them have any: whoever switched them off gets none.
const [help] = document.querySelectorAll("dialog[data-shortcuts]");
const rows = () => [...document.querySelectorAll("main .table__row:has(.row-link)")];
const current = () => rows().find((row) => row.contains(document.activeElement));
const link = (row) => row?.querySelector(".row-link");
let begun = -Infinity;

// The row that has the focus is the current one, so that everybody is told which it is.
function move(by) {
  const all = rows();
  const at = all.indexOf(current());
  link(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)])?.focus();
}

const go = (address) => address && location.assign(address);
const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => link(current())?.click(),
  x: () => current()?.querySelector("input[type=checkbox]")?.click(),
  "/": () => document.querySelector("main input[type=search]")?.focus(),
  "?": () => help.showModal(),
  g: () => (begun = performance.now()),
};
const after = { i: () => go(help.dataset.inbox), n: () => go(help.dataset.new) };

function isTyping({ target }) {
  const field = target.closest?.("input, textarea, select, [contenteditable]");
  return field && !/^(checkbox|radio|button|submit)$/.test(field.type);
}

if (help) {
  addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (help.open || isTyping(event)) return;
    const second = performance.now() - begun < 1500 && Object.hasOwn(after, key);
    const act = second ? after[key] : Object.hasOwn(keys, key) && keys[key];
    if (key !== "g") begun = -Infinity;
    if (!act) return;
    event.preventDefault();
    act();
  });
}
