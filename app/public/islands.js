// Loads the browser part and wakes the islands of the page, outermost first.
// This is Leptos' own loader as a file: the page's Content-Security-Policy allows no inline script.
const children = [];

async function wake(node, module) {
  const island = node.localName === "leptos-island" && node.dataset.component;
  const passed = node.localName === "leptos-children";
  if (island) {
    const hydrate = module[island];
    if (hydrate) {
      children.at(-1)?.();
      await hydrate(node);
    } else {
      console.warn(`no such island: ${island}`);
    }
  }
  if (passed) children.push(node.$$on_hydrate);
  for (const child of node.children) await wake(child, module);
  if (passed) children.pop();
}

async function start() {
  const module = await import("./countersign.js");
  await module.default({ module_or_path: new URL("./countersign.wasm", import.meta.url) });
  module.hydrate();
  await wake(document.body, module);
  document.documentElement.dataset.islands = "awake";
}

(window.requestIdleCallback ?? setTimeout)(start);
