/* A press on Today loads the page again, so this keeps the place on it and the focus. Without this
   file, or where storage is forbidden, the page begins at its top. */
const KEY = "today-pressed";

document.addEventListener("submit", ({ target }) => {
  const part = target.closest("[data-part]")?.dataset.part;
  if (part === undefined) return;
  try { sessionStorage.setItem(KEY, JSON.stringify({ part, top: scrollY })); } catch { /* forbidden */ }
});

const takePressed = () => {
  try {
    const pressed = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return JSON.parse(pressed);
  } catch { return null; }
};
const pressed = takePressed();
if (pressed) {
  const row = [...document.querySelectorAll("[data-part]")].find(({ dataset }) => dataset.part === pressed.part);
  scrollTo({ top: pressed.top, behavior: "instant" });
  row?.querySelector("button.today-round")?.focus({ preventScroll: true });
}
