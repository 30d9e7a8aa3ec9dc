// The reviewer's keys: 1 supports, 2 partly, 3 does not, C corrects, S skips. The first sentence without a verdict is
// the current one.

import { typing } from "./page.js";

const VERDICTS = { 1: "supported", 2: "partly", 3: "unsupported" };

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

function judge(verdict) {
  current()?.querySelector(`[name="verdict"][value="${verdict}"]`)?.click();
}

function correct() {
  const fold = current()?.querySelector("[data-correct]");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("textarea").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (VERDICTS[key]) judge(VERDICTS[key]);
  else if (key === "c") correct();
  else if (key === "s") document.querySelector("[data-skip]")?.click();
  else return;
  event.preventDefault();
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
