/* Keeps details open and the focus in place when a part of the page is replaced after a change. */

let open = [];
let focused = [];

const partOf = (event) => event.detail.target?.closest?.("[data-refreshes]");

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = partOf(event);
  if (!part) return;
  open = [...part.querySelectorAll("details[id][open]:not([data-menu])")].map(({ id }) => id);
  const control = part.contains(document.activeElement) ? document.activeElement : null;
  const menu = control?.closest("[data-menu]")?.querySelector("summary");
  const heading = control?.closest("section")?.getAttribute("aria-labelledby");
  focused = control ? [control.id, menu?.id, heading].filter(Boolean) : [];
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!partOf(event)) return;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const id of focused) {
    if (document.activeElement !== document.body) break;
    document.getElementById(id)?.focus({ preventScroll: true });
  }
});
