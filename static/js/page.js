/* Improves pages that work without it: changes the theme without a reload, closes menus,
   highlights the current section in the outline, begins the next study day, and stores the reader's
   time zone. */

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

/* Menus close with Escape or a click elsewhere, so only one is open at a time */
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

/* A menu opens upwards where it does not fit below */
const floor = () => {
  const tabs = document.querySelector(".site-nav");
  const isAtBottom = tabs && getComputedStyle(tabs).position === "fixed";
  return isAtBottom ? tabs.getBoundingClientRect().top : innerHeight;
};
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details[data-menu][open]")) return;
  const items = target.querySelector(".menu-items");
  if (!items) return;
  items.classList.remove("menu-upwards");
  const { bottom, height } = items.getBoundingClientRect();
  const above = target.getBoundingClientRect().top;
  items.classList.toggle("menu-upwards", bottom > floor() && above > height);
}, true);

/* The outline and the filter are closed on small screens, where they would push the text out of
   view. On wide screens the style sheet shows them even when closed, if the browser supports it. */
const narrow = matchMedia("(max-width: 64rem)");
const fold = (root) => {
  for (const details of root.querySelectorAll("[data-folds]")) details.open = !narrow.matches;
};
narrow.addEventListener("change", () => fold(document));

/* The outline marks the section in view */
const observer = new IntersectionObserver(
  (changes) => {
    for (const { isIntersecting, target } of changes) {
      if (!isIntersecting) continue;
      for (const link of document.querySelectorAll("[data-folds] a[href^='#']")) {
        if (link.hash === `#${target.id}`) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    }
  },
  { rootMargin: "-20% 0px -70%" },
);
const observeSections = (root) => {
  for (const card of root.querySelectorAll(".section-card[id]")) observer.observe(card);
};
/* The menu of a row is a tab stop while the row has the focus, so that Tab passes quickly over
   long tables and still reaches every control */
let focusedMenu;
const tabTo = (menu, index) => menu?.setAttribute("tabindex", index);
document.addEventListener("focusin", (event) => {
  const menu = event.target.closest("tr[data-entry]")?.querySelector(".row-menu > summary");
  if (menu === focusedMenu) return;
  tabTo(focusedMenu, -1);
  tabTo(menu, 0);
  focusedMenu = menu;
});
const removeMenusFromTabOrder = (root) => {
  for (const menu of root.querySelectorAll(".row-menu > summary")) tabTo(menu, -1);
};

const prepare = (root) => {
  fold(root);
  removeMenusFromTabOrder(root);
  observeSections(root);
};
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
document.addEventListener("htmx:historyRestore", () => prepare(document));
prepare(document);

/* The link that shows the rest of a section is gone afterwards, so the focus moves to its rows */
document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.elt?.closest?.(".folded");
  if (link) document.querySelector(`#${event.detail.target.id} .entry-title a`)?.focus();
});

/* Signing out, and deleting the account, clears the drafts that text-saving.js keeps for it */
document.addEventListener("submit", (event) => {
  const account = event.target.closest("[data-drafts-of]")?.dataset.draftsOf;
  if (!account || event.defaultPrevented) return;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`draft:${account}:`)) localStorage.removeItem(key);
    }
  } catch { /* localStorage is forbidden, so nothing is in it */ }
});

/* A learner's pages are about a study day, which ends at 04:00. On a later one they are loaded again
   when they are looked at, once, unless something is typed or chosen in them, or an answer is shown. */
const RELOADED = "reloaded-after";
const endsAt = document.querySelector("[data-day-ends-at]")?.dataset.dayEndsAt;
const isChanged = (field) => {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const options = [...field.options];
  const hasDefault = options.some(({ defaultSelected }) => defaultSelected);
  return hasDefault && options.some(({ selected, defaultSelected }) => selected !== defaultSelected);
};
const isInUse = () =>
  Boolean(document.querySelector("#main .ratings")) ||
  [...document.querySelectorAll("#main :is(textarea, input, select)")].some(isChanged);
const beginDay = () => {
  if (!endsAt || Date.now() < Number(endsAt) * 1000 || isInUse()) return;
  const page = `${endsAt} ${location.href}`;
  try {
    if (sessionStorage.getItem(RELOADED) === page) return;
    sessionStorage.setItem(RELOADED, page);
  } catch { return; }
  location.reload();
};
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && beginDay());
addEventListener("pageshow", ({ persisted }) => persisted && beginDay());

/* The server shows days in the reader's time zone */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
