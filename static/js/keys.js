/* Single keys for the focused row and the page; they can be switched off (WCAG 2.1.4). */

const SWITCH = "single-keys";
const STATES = { d: "done", r: "reading", s: "skipped", u: "todo" };
const isOn = () => localStorage.getItem(SWITCH) !== "off";
const dialog = document.getElementById("keys");
const row = (element) => element?.closest?.("[data-entry]");

const visible = (selector) =>
  [...document.querySelectorAll(selector)].filter((element) => element.offsetParent);

const move = (step) => {
  const rows = visible("tr[data-entry]");
  const next = rows[rows.indexOf(row(document.activeElement)) + step] ?? (step > 0 ? null : rows[0]);
  next?.querySelector("a")?.focus();
};

const act = (key) => {
  if (key === "/") visible("#filter-q, #site-search")[0]?.focus();
  else if (key === "?") dialog.showModal();
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else {
    const button = row(document.activeElement)?.querySelector(`[name="state"][value="${STATES[key]}"]`);
    if (!button) return false;
    button.click();
  }
  return true;
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const isChord = event.ctrlKey || event.metaKey || event.altKey;
  if (!isOn() || isTyping || isChord || dialog.open || event.repeat) return;
  const key = event.key.toLowerCase();
  if (!(key in STATES) && !["/", "?", "j", "k"].includes(key)) return;
  if (act(key)) event.preventDefault();
});

const toggle = dialog.querySelector("[data-keys-switch]");
toggle.checked = isOn();
toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
for (const button of document.querySelectorAll("[data-open-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
