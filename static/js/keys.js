/* Single keys for the focused row and the page; they can be switched off (WCAG 2.1.4). */

const SWITCH = "single-keys";
const isOn = () => localStorage.getItem(SWITCH) !== "off";
const dialog = () => document.getElementById("keys");
const stateOf = (key) => dialog().querySelector(`[data-key="${CSS.escape(key)}"]`)?.dataset.state;
const row = (element) => element?.closest?.("[data-entry]");
const visible = (selector) =>
  [...document.querySelectorAll(selector)].filter((element) => element.offsetParent);

const show = () => {
  dialog().querySelector("[data-keys-switch]").checked = isOn();
  dialog().showModal();
};

const move = (step) => {
  const rows = visible("tr[data-entry]");
  const next = rows[rows.indexOf(row(document.activeElement)) + step] ?? (step > 0 ? null : rows[0]);
  next?.querySelector("a")?.focus();
};

const mark = (state) => {
  const control = row(document.activeElement)?.querySelector(`[name="state"][value="${state}"]`);
  control?.click();
  return Boolean(control);
};

const ACTIONS = {
  "/": () => visible("#filter-q, #site-search")[0]?.focus(),
  "?": show,
  j: () => move(1),
  k: () => move(-1),
  z: () => document.querySelector("#announcement [data-undoes]")?.click(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const isChord = event.ctrlKey || event.metaKey || event.altKey;
  if (!isOn() || isTyping || isChord || dialog().open || event.repeat) return;
  const key = event.key.toLowerCase();
  const state = stateOf(key);
  if (state) {
    if (mark(state)) event.preventDefault();
  } else if (key in ACTIONS) {
    event.preventDefault();
    ACTIONS[key]();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-keys]")) show();
});

/* Going Back replaces the whole body */
const arrive = () => {
  for (const button of document.querySelectorAll("[data-open-keys]")) button.hidden = false;
};
document.addEventListener("htmx:historyRestore", arrive);
arrive();
