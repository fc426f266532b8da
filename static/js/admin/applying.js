/* Shows that a form is being worked on, and for how long, until the response replaces the page.
   An import of thousands of articles takes up to a minute. */

const form = document.getElementById("decisions");
const status = document.getElementById("working");

form?.addEventListener("submit", ({ submitter }) => {
  if (submitter?.name !== "_apply") return;
  const began = Date.now();
  const show = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    status.querySelector("[data-seconds]").textContent = seconds ? `${seconds} s` : "";
  };
  status.hidden = false;
  show();
  setInterval(show, 1000);
});
window.addEventListener("pageshow", () => {
  if (status) status.hidden = true;
});
