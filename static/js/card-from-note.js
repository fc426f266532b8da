/* Takes what is selected in the note along to the form that adds a card. Without JavaScript the link
   opens the form with an empty answer. */

const LONGEST = 2000;

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
  const address = new URL(link.href);
  if (text) address.searchParams.set("answer", text.slice(0, LONGEST));
  else address.searchParams.delete("answer");
  link.href = address;
});
