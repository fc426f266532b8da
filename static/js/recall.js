/* Adds keys to the recall page: space shows the answer, 1 to 4 rate. Moves the focus to what comes
   next. */

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
