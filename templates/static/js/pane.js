// The source pane beside a conversation: opened by footnotes, stepped through and closed, also from the keyboard.

import { typing } from "./page.js";

const thread = document.getElementById("thread");
const source = document.getElementById("source");
const sourceBody = document.getElementById("source-body");
let opener = null;

export const sourceOpen = () => sourceBody.firstElementChild !== null;

/** On a small window the pane lies over the page: there the Back button closes it, as people expect. */
const over = window.matchMedia("(max-width: 63.99rem)");

let entered = false;

function enterHistory() {
  if (!over.matches || entered) return;
  history.pushState({ source: true }, "");
  entered = true;
}

export function closeSource() {
  putAway();
  if (!entered) return;
  entered = false;
  history.back();
}

function putAway() {
  const held = source.contains(document.activeElement) || document.activeElement === document.body;
  const marked = document.querySelector("[data-footnote][aria-current]");
  sourceBody.replaceChildren();
  for (const link of document.querySelectorAll("[data-footnote][aria-current]")) link.removeAttribute("aria-current");
  const back = opener?.isConnected ? opener : marked;
  if (held) back?.focus({ preventScroll: true });
  opener = null;
}

window.addEventListener("popstate", () => {
  if (!entered || history.state?.source) return; // also told of steps to places of this page, which leave it open
  entered = false;
  putAway();
});
if (history.state?.source) history.replaceState(null, ""); // loaded again with the pane open, which is closed now

/** What the pane shows belongs to an answer that is going away: its footnotes would lead nowhere. */
export function closeSourceOf(element) {
  const open = sourceBody.querySelector("[data-folio]")?.dataset.footnoteUrl;
  const its = [...element.querySelectorAll("[data-footnote]")].some((link) => link.getAttribute("href") === open);
  if (its || (opener && element.contains(opener))) closeSource();
}

function openFootnote(link) {
  opener = link;
  for (const other of document.querySelectorAll("[data-footnote]")) {
    if (other.getAttribute("href") === link.getAttribute("href")) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
}

/** After a step inside the pane, or a new rendering of the answer, the footnote that is open is the marked one. */
export function followPane() {
  const open = sourceBody.querySelector("[data-folio][data-footnote-url]");
  if (!open) return;
  for (const link of document.querySelectorAll("[data-footnote]")) {
    if (link.getAttribute("href") === open.dataset.footnoteUrl) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** To the footnote before or after the open one, among those of the same answer. */
function stepFootnote(by) {
  const current = document.querySelector(".note [aria-current]");
  const answers = thread.querySelectorAll("[data-answer]");
  const home = current ? current.closest("[data-answer]") : answers[answers.length - 1];
  const links = [...(home?.querySelectorAll(".note [data-footnote]") || [])];
  const at = current ? links.indexOf(current) + by : by > 0 ? 0 : links.length - 1;
  links[at]?.click();
}

document.addEventListener("click", (event) => {
  const footnote = event.target.closest("[data-footnote]");
  if (footnote) openFootnote(footnote);
  else if (event.target.closest("[data-close-source]")) closeSource();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const inside = source.contains(document.activeElement) && !document.activeElement.closest("[data-leaf]");
  const by = { "]": 1, "[": -1, ...(inside && { ArrowRight: 1, ArrowLeft: -1 }) }[event.key];
  if (by) {
    event.preventDefault();
    stepFootnote(by);
  } else if (event.key === "Escape" && !document.getElementById("composer") && sourceOpen()) closeSource();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === sourceBody) {
    enterHistory();
    source.focus({ preventScroll: true });
  }
  followPane();
});
