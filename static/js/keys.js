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

const focusRow = (step) => {
  const rows = visible("tr[data-entry]");
  const next = rows[rows.indexOf(rowOf(document.activeElement)) + step] ?? (step > 0 ? null : rows[0]);
  next?.querySelector("a")?.focus();
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
  z: () => document.querySelector("#announcement [data-undoes]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (!isOn() || isTyping || hasModifier || dialog().open || event.repeat) return;
  const key = event.key.toLowerCase();
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
