// The reviewer's keys: 1 supports, 2 partly, 3 does not, C corrects, S skips, T takes or gives back. The first sentence
// without a verdict is the current one; behind the last comes the answer as a whole: 1 right, 2 partly, 3 wrong, V right
// and verified, E also a test question. After 2 and 3 there, 1 to 5 name the reason and Enter goes on without one.

import { typing } from "./page.js";

const VERDICTS = { 1: "supported", 2: "partly", 3: "unsupported" };
const WHOLE = { 1: "right", 2: "partly", 3: "wrong" };

const current = () => document.querySelector("[data-claim].is-current");

function choose(claim, scroll) {
  for (const other of document.querySelectorAll("[data-claim].is-current")) other.classList.remove("is-current");
  if (!claim) return;
  claim.classList.add("is-current");
  if (scroll) claim.scrollIntoView({ block: "nearest" });
}

function first(scroll) {
  choose(document.querySelector("[data-claim]:not([data-judged])") || document.querySelector("[data-claim]"), scroll);
}

function pick(form, name, value) {
  const box = form.querySelector(`[name="${name}"][value="${value}"]`);
  if (box) box.checked = true;
  return Boolean(box);
}

function settle(form, key) {
  if (form.hasAttribute("data-why")) {
    const reasons = form.querySelectorAll('[name="reason"]');
    if (reasons[key - 1]) reasons[key - 1].checked = true;
    else if (key !== "enter") return false;
    form.requestSubmit();
    return true;
  }
  if (key === "e") form.querySelector('[name="case"]').click();
  else if (key === "v") {
    if (!pick(form, "serve", "1") || !pick(form, "verdict", "right")) return false;
    form.requestSubmit();
  } else if (WHOLE[key]) {
    pick(form, "verdict", WHOLE[key]);
    if (key === "1") form.requestSubmit();
    else form.setAttribute("data-why", "");
  } else return false;
  return true;
}

function act(key) {
  const claim = current();
  if (claim?.hasAttribute("data-settle") && settle(claim, key)) return true;
  if (VERDICTS[key] && claim && !claim.hasAttribute("data-settle")) {
    claim.querySelector(`[name="standing"][value="${VERDICTS[key]}"]`)?.click();
  } else if (key === "c") document.querySelector("[data-correct]")?.click();
  else if (key === "s") document.querySelector("[data-skip]")?.click();
  else if (key === "t") document.querySelector("[data-take] button")?.click();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const writes = typing(event.target) && !["radio", "checkbox"].includes(event.target.type);
  if (event.key === "Escape") {
    current()?.removeAttribute("data-why");
    if (writes) event.target.blur();
    return;
  }
  if (!writes && act(event.key.toLowerCase())) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const claim = event.target.closest("[data-claim]");
  if (claim) choose(claim, false);
});

let shown = document.getElementById("review")?.dataset.item;
document.addEventListener("htmx:afterSettle", (event) => {
  const review = document.getElementById("review");
  if (!review || event.target.closest("[data-folio]")) return;
  if (review.dataset.item !== shown) window.scrollTo(0, 0);
  shown = review.dataset.item;
  review.focus({ preventScroll: true });
  first(true);
});
first(false);
