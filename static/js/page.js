/* Improves pages that work without it: theme without a reload, menus that close, the read link
   that marks, a message where a change could not be saved, fresh figures after Back. */

const announce = (words) => {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  document.getElementById("announcement").replaceChildren(toast);
};

const words = document.body.dataset;

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

/* The outline and the filter fold where they would push the text off a small screen */
const narrow = matchMedia("(max-width: 64rem)");
const fold = (root) => {
  for (const details of root.querySelectorAll("[data-folds]")) details.open = !narrow.matches;
};
narrow.addEventListener("change", () => fold(document));
document.addEventListener("htmx:afterSwap", (event) => fold(event.target));
fold(document);

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
document.addEventListener("htmx:afterSwap", (event) => follow(event.target));
follow(document);

/* A read button of a learner who wants it to mark: the article opens here, its form marks */
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-open]");
  if (button) window.open(button.dataset.open, "_blank", "noopener");
});

/* The buttons in the rows name the one form that sets states, and say where it goes; of two in
   a queue each keeps its own */
document.addEventListener("htmx:configRequest", (event) => {
  const submitter = event.detail.triggeringEvent?.submitter;
  if (!submitter) return;
  if (submitter.hasAttribute("formaction")) event.detail.path = submitter.getAttribute("formaction");
  if (submitter.name) event.detail.formData.set(submitter.name, submitter.value);
});

/* Undo goes with its announcement: the focus moves to the state that came back */
document.addEventListener("htmx:afterRequest", (event) => {
  const undone = event.detail.requestConfig.triggeringEvent?.submitter?.dataset.undoes;
  if (!undone || !event.detail.successful || document.activeElement !== document.body) return;
  document.querySelector(`#${undone} [aria-pressed="true"]`)?.focus();
});

/* What went wrong, what was kept, what to do */
document.addEventListener("htmx:sendError", () => announce(words.offline));
document.addEventListener("htmx:responseError", (event) => {
  announce(event.detail.xhr.status === 403 ? words.outdated : words.failed);
});

/* Back can bring a page from before a change: then it is read again */
const CHANGES = "progress-changes";
const changes = () => Number(sessionStorage.getItem(CHANGES) ?? 0);
const seen = () => history.replaceState({ ...history.state, changes: changes() }, "");
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig.verb === "post") {
    sessionStorage.setItem(CHANGES, String(changes() + 1));
    seen();
  }
});
window.addEventListener("pageshow", (event) => {
  const [navigation] = performance.getEntriesByType("navigation");
  const isBack = event.persisted || navigation?.type === "back_forward";
  const isStale = isBack && (history.state?.changes ?? changes()) < changes();
  seen();
  if (isStale) location.reload();
});

/* Days are local to the reader */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
