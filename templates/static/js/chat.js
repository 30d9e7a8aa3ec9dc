// The chat page: sends questions, follows answers, and the keys. Without it the page works by ordinary forms.

import { forgetDraft, forgetDraftsOf, keepDraft, restoreDrafts } from "./drafts.js";
import { copyFrom, copyText, fragment, post, toast, typing } from "./page.js";
import { closeSource, closeSourceOf, followPane, sourceOpen } from "./pane.js";
import { follow } from "./stream.js";

const thread = document.getElementById("thread");
const composer = document.getElementById("composer");
const question = document.getElementById("question");
const shelf = document.getElementById("shelf");
const send = composer.querySelector("[data-send]");
const stop = composer.querySelector("[data-stop]");

const unfinished = () => thread.querySelector("[data-events-url]");
/** The answer that is being written; those that wait for it are not stopped but taken back. */
const running = () => thread.querySelector('[data-events-url]:not([data-state="queued"])');
const followers = new WeakMap();

function showBusy() {
  if (!running() && document.activeElement === stop) question.focus({ preventScroll: true });
  stop.hidden = !running();
  const further = thread.querySelector("[data-turn]") ? "Ask further" : "Ask a question";
  question.placeholder = unfinished() ? "Ask the next" : further;
}

function begin(answer) {
  const done = (fresh) => {
    fresh.removeAttribute("data-events-url");
    fresh.closest("[data-turn]")?.querySelector(".question__edit")?.removeAttribute("hidden");
    followPane();
    showBusy();
    listConversations();
  };
  followers.set(answer, follow(answer, done, showBusy));
  showBusy();
}

async function takeBack(form) {
  const turn = form.closest("[data-turn]");
  const response = await post(form.action, new FormData(form));
  if (!response) return;
  followers.get(form.closest("[data-answer]"))?.leave();
  if (!question.value) question.value = turn.querySelector("[data-question]").textContent.trim();
  turn.remove();
  placeComposer();
  showBusy();
  question.focus({ preventScroll: true });
}

function setField(name, value) {
  const field = composer.querySelector(`[name="${name}"]`);
  field.disabled = !value;
  field.value = value;
}

/** The next question follows the last turn that is shown. */
function placeComposer() {
  const last = [...thread.querySelectorAll("[data-turn]")].at(-1);
  if (!last) return;
  setField("parent", last.dataset.turn);
  setField("conversation", last.dataset.conversation);
  question.dataset.draft = `question:${last.dataset.conversation}`;
}

function listConversations() {
  const search = document.getElementById("conversation-search");
  if (search && !search.value && window.htmx) {
    window.htmx.ajax("GET", search.form.action, { target: "#conversation-list", swap: "outerHTML" });
  }
}

function markConversation() {
  for (const link of document.querySelectorAll(".talk__link")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function takeTurn(response) {
  const turn = fragment(await response.text());
  if (!turn) return;
  for (const old of thread.querySelectorAll("#welcome, .messages")) old.remove();
  thread.append(turn);
  window.htmx?.process(turn);
  const address = response.headers.get("X-Conversation-Url");
  if (address) {
    history.replaceState(history.state, "", address);
    const head = thread.querySelector("[data-conversation-head]");
    head.hidden = false;
    head.querySelector("[data-share]").href = `${address}share/`;
  }
  placeComposer();
  if (turn.querySelector('[data-state="queued"]')) {
    turn.scrollIntoView({ block: "nearest" }); // the answer that is being read stays in sight
  } else {
    turn.classList.add("is-live");
    turn.scrollIntoView({ block: "start" });
  }
  const answer = turn.querySelector("[data-events-url]");
  if (answer) begin(answer);
}

async function ask(text) {
  if (send.disabled || !text.trim()) return;
  const body = new FormData(composer);
  body.set("question", text);
  const before = question.value;
  const draft = question.dataset.draft;
  question.value = "";
  send.disabled = true;
  const response = await post(composer.action, body);
  send.disabled = false;
  if (response) {
    forgetDraft(draft);
    if (before !== text) question.value ||= before; // a suggestion was chosen while something else was being written
    await takeTurn(response);
    keepDraft(question); // what was begun meanwhile
  } else if (!question.value) {
    question.value = before || text;
    keepDraft(question);
  }
  question.focus({ preventScroll: true });
}

async function stopAnswer() {
  const answer = running();
  if (!answer) return;
  stop.disabled = true;
  await post(answer.dataset.stopUrl, new FormData());
  stop.disabled = false;
}

async function retry(form, submitter) {
  const old = form.closest("[data-answer]");
  const response = await post(form.action, new FormData(form, submitter));
  if (!response) return;
  const fresh = fragment(await response.text());
  closeSourceOf(old);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  fresh.focus({ preventScroll: true });
  if (fresh.dataset.eventsUrl) begin(fresh);
}

/** A mode's form, filled in: asked like a question after what is shown. */
async function askMode(form) {
  if (document.activeElement?.id === "picker-query") return; // Enter there searches, which it has done by now
  const body = new FormData(form);
  for (const name of ["conversation", "parent"]) body.set(name, composer.querySelector(`[name="${name}"]`).value);
  const response = await post(form.action, body);
  if (!response) return;
  forgetDraftsOf(form);
  form.remove();
  await takeTurn(response);
  readTurn(thread.lastElementChild);
}

async function edit(form) {
  const turn = form.closest("[data-turn]");
  const response = await post(form.action, new FormData(form));
  if (!response) return;
  forgetDraftsOf(form);
  const turns = [...thread.querySelectorAll("[data-turn]")];
  for (const gone of turns.slice(turns.indexOf(turn))) {
    closeSourceOf(gone);
    gone.remove();
  }
  await takeTurn(response);
  readTurn(thread.lastElementChild);
}

async function feedback(form) {
  const answer = form.closest("[data-answer]");
  const response = await post(form.action, new FormData(form));
  if (!response) return;
  const fresh = fragment(await response.text());
  answer.replaceWith(fresh);
  window.htmx?.process(fresh);
  followPane();
  fresh.querySelector(form.matches("[popover]") ? '[id^="unhelpful-"]' : '[id^="helpful-"]')?.focus({ preventScroll: true });
  toast("Thank you. It helps those who look after the documents.");
}

function messageToOwner(button) {
  const asked = button.closest("[data-turn]").querySelector("[data-question]").textContent.trim();
  return (
    `Hello ${button.dataset.owner},\n\nI asked: “${asked}”\nNothing I may read answers it. The nearest document is ` +
    `“${button.dataset.title}”, which is yours. Could you tell me, or add it there?\n`
  );
}

function searchConversations() {
  if (getComputedStyle(shelf).display === "none") shelf.showPopover();
  document.getElementById("conversation-search").focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const roads = [
    [form === composer, () => ask(question.value)],
    [form.matches("[data-suggestions]"), () => ask(event.submitter.value)],
    [form.matches("[data-retry]"), () => retry(form, event.submitter)],
    [form.matches("[data-edit]"), () => edit(form)],
    [form.matches("[data-take-back]"), () => takeBack(form)],
    [form.matches("[data-mode]"), () => askMode(form)],
    [form.matches("[data-feedback]"), () => feedback(form)],
  ];
  const road = roads.find(([fits]) => fits);
  if (!road) return;
  event.preventDefault();
  road[1]();
});

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-close-mode]")) {
    event.preventDefault();
    at("[data-mode]").remove();
    question.focus();
  } else if (at("[data-stop]")) stopAnswer();
  else if (at("[data-print-answer]")) printAnswer(at("[data-turn]"));
  else if (at("[data-copy]")) copyFrom(at("[data-copy]").dataset.copy, at("[data-copy]").dataset.said);
  else if (at("[data-ask-owner]")) {
    const button = at("[data-ask-owner]");
    copyText(messageToOwner(button), `A message to ${button.dataset.owner} is copied. Paste it into a mail or chat.`);
  }
});

question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (question.value.trim()) composer.requestSubmit();
});

function escape() {
  if (document.querySelector(".pop:popover-open")) return;
  document.body.classList.add("cards-off");
  if (running()) stopAnswer();
  else if (sourceOpen()) closeSource();
}

/** The paper gets this question and its answer alone. */
function printAnswer(turn) {
  turn.classList.add("is-printed");
  document.body.classList.add("prints-one");
  const after = () => {
    turn.classList.remove("is-printed");
    document.body.classList.remove("prints-one");
  };
  window.addEventListener("afterprint", after, { once: true });
  window.print();
}

/** The question the eye is at: the last one that begins above the middle of the window. */
function turnInSight() {
  const turns = [...thread.querySelectorAll("[data-turn]")];
  const above = turns.filter((turn) => turn.getBoundingClientRect().top < window.innerHeight / 2);
  return above.at(-1) || turns[0];
}

/** The focus goes to a question, so that reading goes on from there. */
function readTurn(turn) {
  const heading = turn.querySelector("[data-question]");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function stepTurn(by) {
  const turns = [...thread.querySelectorAll("[data-turn]")];
  const next = turns[turns.indexOf(turnInSight()) + by];
  if (!next) return;
  next.scrollIntoView({ block: "start" });
  readTurn(next);
}

function editQuestion() {
  const fold = turnInSight()?.querySelector(".question__edit:not([hidden])");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("textarea").focus();
}

const press = (selector) => turnInSight()?.querySelector(selector)?.click();
const letters = {
  "/": () => question.focus(),
  "?": () => document.getElementById("keys").togglePopover(),
  j: () => stepTurn(1),
  k: () => stepTurn(-1),
  e: editQuestion,
  r: () => press("[data-retry] button"),
  y: () => press("[data-copy-answer]"),
  p: () => press("[data-print-answer]"),
};

document.addEventListener("keydown", (event) => {
  const control = event.ctrlKey || event.metaKey;
  const plain = !control && !event.altKey && !typing(event.target) && !document.querySelector(".pop:popover-open");
  const keys = [
    [event.key === "Escape", escape],
    [control && !event.shiftKey && event.key.toLowerCase() === "k", searchConversations],
    [control && event.shiftKey && event.key.toLowerCase() === "o", () => location.assign(document.querySelector("[data-new]").href)],
    [control && event.key === "/", () => document.getElementById("keys").togglePopover()],
    [plain && Object.hasOwn(letters, event.key), () => letters[event.key]()],
  ];
  const found = keys.find(([fits]) => fits);
  if (!found) return;
  if (event.key !== "Escape") event.preventDefault();
  found[1]();
});
document.addEventListener("pointermove", () => document.body.classList.remove("cards-off"), { passive: true });
/** Another mode's form takes the place of one that was begun: what was typed is kept (``drafts.js``), and that is said. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "workbench") return;
  const begun = event.detail.target.querySelector("[data-mode]");
  if (!begun || ![...begun.querySelectorAll("[data-draft]")].some((field) => field.value !== field.defaultValue)) return;
  toast(`What you wrote under “${begun.querySelector("h2").textContent}” is kept: open it again to go on.`, 10);
});
document.addEventListener("htmx:afterSwap", (event) => {
  markConversation();
  if (event.detail.target.id !== "workbench") return;
  document.getElementById("modes").hidePopover();
  restoreDrafts(event.detail.target);
  event.detail.target.querySelector("input:not([type=hidden]), textarea")?.focus();
  event.detail.target.scrollIntoView({ block: "end" });
});

for (const answer of thread.querySelectorAll("[data-events-url]")) begin(answer);
placeComposer();
showBusy();
if (!location.hash && thread.querySelectorAll("[data-turn]").length > 1) {
  [...thread.querySelectorAll("[data-turn]")].at(-1).scrollIntoView({ block: "start" });
}
