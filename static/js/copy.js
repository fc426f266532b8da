/* Adds a button that copies a text. Without JavaScript it is selected and copied by hand. */

for (const root of document.querySelectorAll("[data-copy]")) {
  const source = root.querySelector("[data-copy-source]");
  const button = root.querySelector("[data-copy-button]");
  const label = button.textContent;
  let timer;
  source.addEventListener("focus", () => source.select());
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      /* Forbidden, or not on https: leave it selected */
      source.select();
      return;
    }
    button.textContent = button.dataset.copied;
    clearTimeout(timer);
    timer = setTimeout(() => { button.textContent = label; }, 2_000);
  });
}
