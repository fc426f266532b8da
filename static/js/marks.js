/* What happens around a change of state: where its form goes, what is announced and for how long,
   where the focus stays, a message where it could not be saved, fresh figures after Back. */

const SHOWN_FOR = 12_000;
const words = document.body.dataset;
const region = () => document.getElementById("announcement");

/* The buttons in the rows name the one form that sets states, and say where it goes; of two in
   a queue each keeps its own */
document.addEventListener("htmx:configRequest", (event) => {
  const submitter = event.detail.triggeringEvent?.submitter;
  if (!submitter) return;
  if (submitter.hasAttribute("formaction")) event.detail.path = submitter.getAttribute("formaction");
  if (submitter.name) event.detail.formData.set(submitter.name, submitter.value);
});

/* A read button of a learner who wants it to mark: the article opens here, its form marks */
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-open]");
  if (button) window.open(button.dataset.open, "_blank", "noopener");
});

/* An announcement leaves by itself, unless somebody is at it, by Escape or by its own button */
let leaving;
const dismiss = () => region().replaceChildren();
const leaveLater = () => {
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    if (region().matches(":hover, :focus-within")) leaveLater();
    else dismiss();
  }, SHOWN_FOR);
};
const arm = () => {
  const toast = region().querySelector(".toast");
  if (!toast || toast.querySelector("[data-dismiss]")) return;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", words.dismissLabel);
  close.textContent = "×";
  toast.append(close);
  leaveLater();
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) dismiss();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], [data-menu][open]")) dismiss();
});
document.addEventListener("htmx:afterRequest", arm);
arm();

/* Undo goes with its announcement: the focus moves to the state that came back */
document.addEventListener("htmx:afterRequest", (event) => {
  const undone = event.detail.requestConfig.triggeringEvent?.submitter?.dataset.undoes;
  if (!undone || !event.detail.successful || document.activeElement !== document.body) return;
  document.querySelector(`#${undone} [aria-pressed="true"]`)?.focus();
});

/* What went wrong, what was kept, what to do */
const FAULTS = { 403: words.outdated, 404: words.gone, 409: words.outdated };
const announce = (text) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  region().replaceChildren(toast);
};
document.addEventListener("htmx:sendError", () => announce(words.offline));
document.addEventListener("htmx:responseError", (event) => {
  announce(FAULTS[event.detail.xhr.status] ?? words.failed);
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
