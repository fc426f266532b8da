/* Saves a text while it is typed, and loses none. htmx sends it after a pause in typing. What is not
   stored yet is kept in this browser as a draft, is sent when the page is left, and is offered again
   on the next visit. Without JavaScript a button sends it. */

const FIRST_RETRY = 5_000;
const LAST_RETRY = 60_000;
const DRAFT_DAYS = 30;
const DAY = 86_400_000;

/* crypto.randomUUID() exists on https only */
const uuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

/* Drafts are kept by account, text, version and open page. A browser may refuse to store them. */
const drafts = {
  write(key, draft) {
    try { localStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or forbidden */ }
  },
  remove(key) {
    try { localStorage.removeItem(key); } catch { /* forbidden */ }
  },
  under(prefix) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(prefix))
        .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }))
        .sort((one, other) => other.at - one.at);
    } catch { return []; }
  },
};

const edit = (root) => {
  const form = root.querySelector("form");
  const { text, reader } = form.elements;
  const status = root.querySelector("[role=status].text-status");
  const offer = root.querySelector("[data-draft]");
  const prefix = `draft:${reader.value}:${new URL(form.action).pathname}:`;
  const version = () => form.elements.version;
  const hasConflict = () => Boolean(root.querySelector(".text-conflict"));

  let page = uuid();
  let number = 0;
  /* As the server sent it: somebody may have typed before this script came */
  let stored = text.defaultValue;
  let key = "";
  let retry = FIRST_RETRY;
  let timer;

  const isDirty = () => text.value !== stored;
  const say = (message) => {
    if (status.textContent.trim() !== message) status.textContent = message;
  };
  const save = () => htmx.trigger(form, "save");
  /* A text that a script sets fires no input, so a drawing listens for this too */
  const wasFilled = () => text.dispatchEvent(new Event("filled"));
  const fill = (value) => {
    text.value = value;
    wasFilled();
  };

  const keepDraft = () => {
    drafts.remove(key);
    key = "";
    if (!isDirty()) return;
    key = `${prefix}${version().value}:${page}`;
    drafts.write(key, { text: text.value, version: version().value, at: Date.now() });
  };
  const tryAgain = () => {
    clearTimeout(timer);
    timer = setTimeout(save, retry);
    retry = Math.min(2 * retry, LAST_RETRY);
  };
  const wasStored = (sent) => {
    clearTimeout(timer);
    retry = FIRST_RETRY;
    stored = sent;
    keepDraft();
  };

  /* The page and a number say that a text follows one that the same page sent before */
  const sign = (data) => {
    number += 1;
    data.set("page", page);
    data.set("number", number);
  };

  /* Sends the text even if the page is closed meanwhile. Leaving a page calls this twice, and a
     browser lets only 64 KiB be under way. */
  let underWay;
  const send = async (sent) => {
    const body = new FormData(form);
    sign(body);
    try {
      const headers = { "HX-Request": "true" };
      const response = await fetch(form.action, { method: "POST", body, headers, keepalive: true });
      if (response.ok) wasStored(sent);
      if (response.ok && isDirty()) save();
      return response.ok;
    } catch {
      return false;
    } finally { underWay = undefined; }
  };
  const flush = async () => {
    if (!isDirty()) return true;
    if (hasConflict()) return false;
    if (underWay?.text !== text.value) underWay = { text: text.value, done: send(text.value) };
    return underWay.done;
  };

  text.addEventListener("input", () => {
    keepDraft();
    status.toggleAttribute("data-is-editing", isDirty());
  });

  /* Saving pauses while a learner has to choose one of two texts. A preview inside the form sends
     requests of its own, which are none of this. */
  form.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData, triggeringEvent } = event.detail;
    if (elt !== form) return;
    const isChosen = triggeringEvent?.submitter?.name === "choice";
    if (!isChosen && (hasConflict() || !isDirty())) event.preventDefault();
    else sign(formData);
  });

  /* A refusal says why in the line below the text, so it is swapped as a success is */
  root.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (detail.requestConfig.elt !== form || detail.xhr.status < 400) return;
    const isOurs = detail.xhr.getResponseHeader("X-Text-Refused") === "true";
    detail.isError = false;
    detail.shouldSwap = isOurs;
    if (!isOurs) {
      const isOver = detail.xhr.status >= 500 || detail.xhr.status === 429;
      say(isOver ? root.dataset.unavailable : root.dataset.gone);
      if (isOver) tryAgain();
    }
  });
  form.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt !== form) return;
    event.stopPropagation();
    say(root.dataset.offline);
    tryAgain();
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt !== form) return;
    if (detail.xhr.status === 200) afterSave(detail);
    status.toggleAttribute("data-is-editing", isDirty());
  });
  const afterSave = (detail) => {
    wasStored(detail.requestConfig.formData.get("text"));
    const other = status.querySelector("[data-stored-text]");
    if (!other) return;
    if (isChoice(detail)) {
      fill(other.value);
      stored = other.value;
      keepDraft();
    }
    other.remove();
  };
  /* The text stays as it is while a choice is sent. Its buttons are gone afterwards. */
  const isChoice = ({ requestConfig: { triggeringEvent } }) =>
    triggeringEvent?.submitter?.name === "choice";
  form.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt === form) text.readOnly = isChoice(detail);
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt !== form) return;
    text.readOnly = false;
    if (isChoice(detail) && !hasConflict()) text.focus();
  });

  addEventListener("load", () => {
    if (!isDirty()) return;
    wasFilled();
    save();
  });
  addEventListener("online", () => isDirty() && save());
  addEventListener("pagehide", flush);
  addEventListener("pageshow", ({ persisted }) => persisted && isDirty() && save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else if (isDirty()) save();
  });

  /* A draft that was not stored is offered, unless the text says the same */
  let offered;
  const offerDraft = () => {
    for (const draft of drafts.under(prefix)) {
      const isOld = Date.now() - draft.at > DRAFT_DAYS * DAY;
      if (isOld || draft.text === text.value) drafts.remove(draft.key);
      else offered ??= draft;
    }
    offer.hidden = !offered;
  };
  const answerOffer = () => {
    drafts.remove(offered.key);
    offered = undefined;
    offer.hidden = true;
    text.focus();
  };
  offer.querySelector("[data-draft-restore]").addEventListener("click", async () => {
    await flush();
    /* Based on the version that the draft knew: if the text changed since, both are shown */
    page = uuid();
    version().value = offered.version;
    fill(offered.text);
    keepDraft();
    answerOffer();
    save();
  });
  offer.querySelector("[data-draft-discard]").addEventListener("click", answerOffer);
  offerDraft();

  return {
    isDirty,
    flush,
    forget() { stored = text.value; },
    leaving: root.dataset.leaving,
  };
};

/* Without this script the form of one text sends the others too. With it each has its own. */
for (const control of document.querySelectorAll("[data-text-editor] form [form]")) {
  control.removeAttribute("form");
}
const editors = [...document.querySelectorAll("[data-text-editor]")].map(edit);
const dirty = () => editors.filter((editor) => editor.isDirty());
const saveAll = async () => {
  const stored = await Promise.all(dirty().map((editor) => editor.flush()));
  return stored.every(Boolean);
};

/* What would lose a text waits for it: signing out, which deletes drafts, asks if it cannot be saved.
   A form or link that shows the same texts again goes on, and the draft is offered there. */
const wait = async (event, { asks, goOn }) => {
  const texts = dirty();
  if (!texts.length) return;
  event.preventDefault();
  event.stopPropagation();
  if (!(await saveAll()) && asks && !confirm(texts[0].leaving)) return;
  for (const editor of texts) editor.forget();
  goOn();
};
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-drafts-of], [data-saves-first]");
  if (!form) return;
  const { submitter } = event;
  const asks = form.hasAttribute("data-drafts-of");
  wait(event, { asks, goOn: () => form.requestSubmit(submitter) });
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-saves-first]");
  const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || opensElsewhere) return;
  wait(event, { asks: false, goOn: () => link.click() });
}, true);
