/* Shows the clock of a practice session. The server says how much is left; this computes from it on
   every look, so that neither a sleeping tab nor a wrong clock of this machine does harm. What changes
   with the time (stages, the twist) is asked for when it is due, and what another device did once a
   minute. Screen readers are told at stage changes, the twist, five minutes before the end and at it. */

const FIVE_MINUTES = 300;
const ASKS_EVERY = 60_000;
const JUMP = 2_000;

const face = (seconds) => {
  const whole = seconds > 0 ? Math.ceil(seconds) : Math.floor(-seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

const run = (root) => {
  const region = document.getElementById("clock-announcement");
  const announced = new Set();
  let values;
  let last;
  let asksAt = Infinity;
  let skew;

  const say = (key, text) => {
    if (announced.has(key)) return;
    announced.add(key);
    region.textContent = text;
  };
  /* Not while a reason for a pause is typed, but as soon as that is over */
  const look = () => {
    if (!root.querySelector("details[open]")) htmx.trigger(root, "look");
  };
  root.addEventListener("toggle", ({ target }) => target.open || look(), true);
  const numbers = (text) => text.split(" ").filter(Boolean).map(Number);
  const elapsed = () => {
    const since = values.isPaused ? 0 : (Date.now() - values.at) / 1000;
    return values.length - values.left + Math.max(since, 0);
  };
  const read = (at) => {
    const { dataset } = root.querySelector("[data-clock]");
    values = {
      at,
      left: Number(dataset.left),
      length: Number(dataset.length),
      isPaused: "isPaused" in dataset,
      ends: numbers(dataset.stageEnds),
      twist: dataset.twist === "" ? Infinity : Number(dataset.twist),
    };
    /* What passed before the answer came is still to be said */
    last = Math.min(last ?? Infinity, elapsed());
    asksAt = Date.now() + ASKS_EVERY;
    skew = Date.now() - performance.now();
    show();
  };

  const show = () => {
    const left = values.length - elapsed();
    root.querySelector("[data-face]").textContent = face(left);
    const word = root.querySelector("[data-left-word]");
    if (word) word.textContent = left > 0 ? word.dataset.left : word.dataset.over;
    const twist = document.querySelector("[data-twist-minutes]");
    if (twist && values.twist < Infinity) {
      const minutes = Math.max(Math.ceil((values.twist - elapsed()) / 60), 1);
      const form = minutes === 1 ? twist.dataset.one : twist.dataset.many;
      const text = form.replace("{minutes}", minutes);
      if (twist.textContent !== text) twist.textContent = text;
    }
  };

  const stageName = (number) =>
    document.querySelectorAll("[data-stage-row]")[number]?.dataset.stageRow;
  const tick = () => {
    const before = last;
    last = elapsed();
    show();
    const passes = (moment) => before < moment && moment <= last;
    const passed = values.ends.filter(passes).length;
    if (passed) {
      const over = values.ends.filter((end) => end <= last).length;
      const next = stageName(over);
      if (next) say(`stage ${over}`, root.dataset.forStage.replace("{stage}", next));
    }
    if (passes(values.length - FIVE_MINUTES)) say("five", root.dataset.fiveMinutes);
    if (passes(values.length)) say("up", root.dataset.timeUp);
    const hasJumped = Math.abs(Date.now() - performance.now() - skew) > JUMP;
    if (passed || passes(values.twist) || hasJumped || Date.now() > asksAt) look();
    if (hasJumped) skew = Date.now() - performance.now();
    if (Date.now() > asksAt) asksAt = Date.now() + ASKS_EVERY;
  };

  const hasTwist = () => Boolean(document.querySelector(".twist-text"));
  let hadTwist = hasTwist();
  root.addEventListener("htmx:afterSettle", () => {
    read(Date.now());
    if (hasTwist() && !hadTwist) {
      const twist = document.getElementById("session-twist");
      say("twist", twist.innerText);
    }
    hadTwist = hasTwist();
  });

  const [navigation] = performance.getEntriesByType("navigation");
  const sinceAnswer = performance.now() - (navigation?.responseStart || performance.now());
  read(Date.now() - sinceAnswer);
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tick();
    look();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    tick();
    look();
  });
};

/* The list of cases is kept by the browser, so the server's clock is asked for the time */
const countDown = async (items) => {
  const asked = Date.now();
  const response = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
  const offset = Date.parse(response.headers.get("Date")) - (asked + Date.now()) / 2;
  if (Number.isNaN(offset)) return;
  const show = () => {
    for (const item of items) {
      const left = Number(item.dataset.countdownTo) - (Date.now() + offset) / 1000;
      const text = left > 0 ? item.dataset.left : item.dataset.over;
      item.textContent = text.replace("{time}", face(left));
    }
  };
  show();
  setInterval(show, 1000);
};

const root = document.getElementById("session-clock");
if (root) run(root);
const items = document.querySelectorAll("[data-countdown-to]");
if (items.length) countDown(items).catch(() => {}); // the time at which it ends stays
