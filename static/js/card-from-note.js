/* Takes what is selected in the note along to the form that adds a card, without writing it into an
   address, which logs and histories keep. Without JavaScript the form opens with an empty answer. */

const LONGEST = 2000;
/* Under the account's drafts, which signing out clears */
const key = () => `draft:${document.querySelector("input[name=reader]")?.value}:card-answer`;

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

document.addEventListener("selectionchange", () => {
  const note = document.getElementById("note");
  const link = document.querySelector("[data-card-from-note]");
  const text = note && link ? selectedIn(note)?.trim() : undefined;
  if (text === undefined) return;
  link.dataset.label ??= link.textContent;
  link.textContent = text ? link.dataset.cardFromNote : link.dataset.label;
  link.dataset.text = text.slice(0, LONGEST);
});
const keep = ({ target }) => {
  const link = target.closest("[data-card-from-note]");
  if (!link) return;
  const taken = JSON.stringify({ path: link.pathname, text: link.dataset.text ?? "" });
  try { localStorage.setItem(key(), taken); } catch { /* full or forbidden */ }
};
document.addEventListener("click", keep);
document.addEventListener("auxclick", keep);

/* On the page of the form */
const take = () => {
  try {
    const taken = JSON.parse(localStorage.getItem(key()));
    localStorage.removeItem(key());
    return taken?.path === location.pathname ? taken.text : "";
  } catch { return ""; }
};
const answer = document.querySelector("[data-takes-selection] textarea[name=answer]");
if (answer && !answer.value) answer.value = take();
