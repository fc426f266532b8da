/* Adds keys to the recall page: space shows the answer, 1 to 4 rate. Moves the focus to what comes
   next, and reloads the page when a new study day began while it was open. */

const area = () => document.getElementById("recall");
const isOn = () => localStorage.getItem("single-keys") !== "off";

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  const isSending = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isTyping && isSending) area().querySelector("[data-show]")?.click();
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  const isUsed = isTyping || hasModifier || event.repeat || document.querySelector("dialog[open]");
  if (!isOn() || isUsed) return;
  const pressesButton = event.key === " " && event.target.closest("button, a, summary");
  if (pressesButton) return;
  const selector = event.key === " " ? "[data-show]" : `[data-rating="${CSS.escape(event.key)}"]`;
  const control = area().querySelector(selector);
  if (!control) return;
  event.preventDefault();
  control.click();
});

/* The forms swap with `settle:0ms`, so that a quick key finds them ready */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "recall") area().querySelector("[data-focus]")?.focus();
});

/* What is due changes at 04:00: the page is loaded again when it is looked at on a later day */
const STUDY_DAY_BEGINS_AT = 4;
const studyDay = () => new Date(Date.now() - STUDY_DAY_BEGINS_AT * 3_600_000).toDateString();
const loadedOn = studyDay();
document.addEventListener("visibilitychange", () => {
  const isTyped = document.getElementById("recall-typed")?.value;
  if (document.visibilityState === "visible" && studyDay() !== loadedOn && !isTyped) location.reload();
});
