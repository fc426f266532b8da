/* Takes what is selected in the note along to the form that adds a card, without writing it into an
   address, which logs and histories keep. Without JavaScript the form opens with an empty answer. */

const LONGEST = 2000;
const KEY = "card-answer";

const isIn = (note, node) => Boolean(node) && note.contains(node);

/* Returns undefined while the selection is elsewhere: pressing the link removes it */
const selectedIn = (note) => {
  const field = document.activeElement;
  if (field?.tagName === "TEXTAREA" && note.contains(field)) {
    return field.value.slice(field.selectionStart, field.selectionEnd);
  }
  const selection = getSelection();
  const isInside = isIn(note, selection.anchorNode) && isIn(note, selection.focusNode);
  return isInside ? selection.toString() : undefined;
};

const reader = () => document.querySelector("input[name=reader]")?.value;
let selected = "";
document.addEventListener("selectionchange", () => {
  const note = document.getElementById("note");
  const link = document.querySelector("[data-card-from-note]");
  const text = note && link ? selectedIn(note)?.trim() : undefined;
  if (text === undefined) return;
  link.dataset.label ??= link.textContent;
  link.textContent = text ? link.dataset.cardFromNote : link.dataset.label;
  selected = text.slice(0, LONGEST);
});
document.addEventListener("click", ({ target }) => {
  const link = target.closest("[data-card-from-note]");
  if (!link) return;
  const taken = JSON.stringify({ path: link.pathname, reader: reader(), text: selected });
  try { sessionStorage.setItem(KEY, taken); } catch { /* full or forbidden */ }
});

/* On the page of the form */
const take = () => {
  try {
    const taken = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    const isMine = taken?.path === location.pathname && taken.reader === reader();
    return isMine ? taken.text : "";
  } catch { return ""; }
};
const answer = document.querySelector("[data-takes-selection] textarea[name=answer]");
if (answer && !answer.value) answer.value = take();
