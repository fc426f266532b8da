/* Improves pages that work without it: theme without a reload, menus that close, an outline that
   follows the reading, days in the reader's zone. */

/* Theme */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
});

/* Menus: one at a time, closed by Escape or a click elsewhere */
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* The outline and the filter fold where they would push the text off a small screen; on a wide one
   the style sheet shows them folded too, where the browser can */
const narrow = matchMedia("(max-width: 64rem)");
const fold = (root) => {
  for (const details of root.querySelectorAll("[data-folds]")) details.open = !narrow.matches;
};
narrow.addEventListener("change", () => fold(document));

/* The outline follows the reading */
const reading = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      for (const link of document.querySelectorAll("[data-folds] a[href^='#']")) {
        if (link.hash === `#${target.id}`) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    }
  },
  { rootMargin: "-20% 0px -70%" },
);
const follow = (root) => {
  for (const card of root.querySelectorAll(".section-card[id]")) reading.observe(card);
};
const arrive = (root) => {
  fold(root);
  follow(root);
};
document.addEventListener("htmx:afterSwap", (event) => arrive(event.target));
document.addEventListener("htmx:historyRestore", () => arrive(document));
arrive(document);

/* Days are local to the reader */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
