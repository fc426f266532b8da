/* Adds single-key shortcuts for the focused row and the page, which the reader can turn off
   (WCAG 2.1.4). */

const SETTING = "single-keys";
const isOn = () => localStorage.getItem(SETTING) !== "off";
const dialog = () => document.getElementById("keys");
const stateOf = (key) => dialog().querySelector(`[data-key="${CSS.escape(key)}"]`)?.dataset.state;
const rowOf = (element) => element?.closest?.("[data-entry]");
const visible = (selector) =>
  [...document.querySelectorAll(selector)].filter((element) => element.offsetParent);

const showDialog = () => {
  dialog().querySelector("[data-keys-switch]").checked = isOn();
  dialog().showModal();
};

const isInView = (row) => row.getBoundingClientRect().top >= 0;
const focusRow = (step) => {
  /* A smooth scroll to a section would go on and leave the row behind. */
  scrollTo({ top: scrollY, behavior: "instant" });
  const rows = visible("tr[data-entry]");
  const current = rows.indexOf(rowOf(document.activeElement));
  const next = current < 0 ? rows.find(isInView) : rows[current + step];
  next?.querySelector(".entry-title a")?.focus();
};

const setState = (state) => {
  const control = rowOf(document.activeElement)?.querySelector(`[name="state"][value="${state}"]`);
  control?.click();
  return Boolean(control);
};

const ACTIONS = {
  "/": () => visible("#filter-q, #site-search")[0]?.focus(),
  "?": showDialog,
  j: () => focusRow(1),
  k: () => focusRow(-1),
  z: () => document.querySelector("#announcement [data-undoes], [data-undo]")?.click(),
};

/* Keys that may be held down */
const MOVES = new Set(["j", "k"]);

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (!isOn() || isTyping || hasModifier || dialog().open) return;
  const key = event.key.toLowerCase();
  if (event.repeat && !MOVES.has(key)) return;
  const state = stateOf(key);
  if (state) {
    if (setState(state)) event.preventDefault();
  } else if (key in ACTIONS) {
    event.preventDefault();
    ACTIONS[key]();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  localStorage.setItem(SETTING, event.target.checked ? "on" : "off");
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-keys]")) showDialog();
});

/* The buttons are hidden without JavaScript. Going back replaces the whole body, so they are
   shown again. */
const showButtons = () => {
  for (const button of document.querySelectorAll("[data-open-keys]")) button.hidden = false;
};
document.addEventListener("htmx:historyRestore", showButtons);
showButtons();
