/* Handles changes of state: sends the form, shows and removes announcements and errors, keeps
   the focus, and reloads outdated pages after going back. */

const TOAST_MILLISECONDS = 12_000;
const messages = document.body.dataset;
const region = () => document.getElementById("announcement");

/* All buttons share one form. A queued request would take the values of the last button pressed,
   so each request gets the address and the value of its own button. The server renders again what
   shows progress on this page, as far as it changed. */
document.addEventListener("htmx:configRequest", (event) => {
  const submitter = event.detail.triggeringEvent?.submitter;
  if (!submitter) return;
  const shown = [...document.querySelectorAll("[data-progress]")].map(({ id }) => id);
  event.detail.formData.set("shown", shown.join(" "));
  if (submitter.hasAttribute("formaction")) event.detail.path = submitter.getAttribute("formaction");
  if (submitter.name) event.detail.formData.set(submitter.name, submitter.value);
});

/* With the preference to mark articles on opening, the read button submits a form, so this opens
   the article */
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-open]");
  if (button) window.open(button.dataset.open, "_blank", "noopener");
});

/* A menu closes when one of its states is chosen */
document.addEventListener("submit", (event) => {
  const menu = event.submitter?.closest("[data-menu]");
  if (!menu?.open || event.target.id !== "states") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* What changes above the row that was used does not move it from under the pointer */
const usedAt = new WeakMap();
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig: config } }) => {
  const row = config.triggeringEvent?.submitter?.closest("[data-entry], .section-card, .band-header");
  if (row) usedAt.set(config.triggeringEvent, { row, top: row.getBoundingClientRect().top });
});
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig: config } }) => {
  const used = usedAt.get(config.triggeringEvent);
  if (!used?.row.isConnected) return;
  scrollBy({ top: used.row.getBoundingClientRect().top - used.top, behavior: "instant" });
});

/* Announcements disappear after a while, with Escape or with their button, but not while they
   are hovered or focused */
let timer;
const dismiss = () => region().replaceChildren();
const dismissLater = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (region().matches(":hover, :focus-within")) dismissLater();
    else dismiss();
  }, TOAST_MILLISECONDS);
};
const usedRow = () => document.activeElement?.closest("[data-entry], .section-card, .band-header");
const addCloseButton = () => {
  const toast = region().querySelector(".toast");
  if (!toast || toast.querySelector("[data-dismiss]")) return;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", messages.dismissLabel);
  close.textContent = "×";
  toast.append(close);
  moveOff(usedRow());
  dismissLater();
};
/* The announcement is at the bottom, but at the top if it would cover the row it is about */
const moveOff = (row) => {
  region().dataset.at = "bottom";
  if (row && row.getBoundingClientRect().bottom > region().getBoundingClientRect().top) {
    region().dataset.at = "top";
  }
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) dismiss();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], [data-menu][open]")) dismiss();
});
document.addEventListener("htmx:afterRequest", addCloseButton);
addCloseButton();

/* The Undo button disappears with its announcement, so the focus moves to the restored state */
document.addEventListener("htmx:afterRequest", (event) => {
  const undone = event.detail.requestConfig.triggeringEvent?.submitter?.dataset.undoes;
  if (!undone || !event.detail.successful || document.activeElement !== document.body) return;
  document.querySelector(`#${undone} :is(button, summary)`)?.focus();
});

/* Errors */
const ERRORS = {
  403: messages.outdated, 404: messages.gone, 409: messages.outdated, 429: messages.limited,
};
const announce = (text) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  region().replaceChildren(toast);
};
/* A preview that fails changes nothing, and stays as it was */
const isPreview = ({ target }) => target.matches?.("[data-preview]");
document.addEventListener("htmx:sendError", (event) => {
  if (!isPreview(event)) announce(messages.offline);
});
document.addEventListener("htmx:responseError", (event) => {
  if (!isPreview(event) && !sendAgain(event.detail)) {
    announce(ERRORS[event.detail.xhr.status] ?? messages.failed);
  }
});

/* A change that the database could not save now (503) is sent again, a few times. It names its
   target state, so that sending it twice does one thing. A later change of the same address
   replaces it. */
const ATTEMPTS = 4;
const newest = new Map();
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig: config } }) => {
  if (config.verb === "post") newest.set(config.path, config.formData);
});
const sendAgain = ({ xhr, requestConfig: { verb, path, formData, elt } }) => {
  if (xhr.status !== 503 || verb !== "post" || elt.id !== "states") return false;
  const attempt = Number(formData.get("attempt") ?? 1);
  if (attempt === ATTEMPTS) {
    announce(messages.unsaved);
    return true;
  }
  const seconds = Number(xhr.getResponseHeader("Retry-After")) || 5;
  announce(messages.waiting.replace("{seconds}", seconds));
  setTimeout(() => {
    if (newest.get(path) !== formData) return;
    const values = { ...Object.fromEntries(formData), attempt: attempt + 1 };
    htmx.ajax("POST", path, { source: elt, values, swap: "none" });
  }, 1000 * seconds);
  return true;
};

/* Going back can show a page from before a change; it is then reloaded */
const COUNTER = "progress-changes";
const changes = () => Number(sessionStorage.getItem(COUNTER) ?? 0);
const rememberCount = () => history.replaceState({ ...history.state, changes: changes() }, "");
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig.verb === "post") {
    sessionStorage.setItem(COUNTER, String(changes() + 1));
    rememberCount();
  }
});
window.addEventListener("pageshow", (event) => {
  const [navigation] = performance.getEntriesByType("navigation");
  const isBack = event.persisted || navigation?.type === "back_forward";
  const isStale = isBack && (history.state?.changes ?? changes()) < changes();
  rememberCount();
  if (isStale) location.reload();
});
