// Follows an answer while it is made. Everything of it is set as text, never as HTML; when it is done the server's own
// rendering takes its place.

import { fragment, toast } from "./page.js";

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Only addresses of this site become links. */
function ownAddress(url) {
  const address = new URL(url, location.href);
  return address.origin === location.origin ? address.pathname + address.search : "#";
}

function openInPane(link, url) {
  link.href = ownAddress(url);
  link.setAttribute("hx-get", ownAddress(url));
  link.setAttribute("hx-target", "#source-body");
  link.setAttribute("hx-indicator", "#source");
}

function numeral(footnote) {
  const place = element("span", "fn");
  const link = element("a", "fn__link", String(footnote.n));
  openInPane(link, footnote.url);
  link.dataset.footnote = footnote.n;
  link.setAttribute("aria-label", `Footnote ${footnote.n}`);
  const card = element("span", "fn__card");
  card.setAttribute("role", "tooltip");
  card.append(element("q", "", footnote.quote), element("b", "", footnote.document), `, ${footnote.page_label}`);
  place.append(link, card);
  return place;
}

function standing(value, label) {
  const shape = document.getElementById(`standing-${value}`) || document.getElementById("standing-none");
  const made = shape.content.firstElementChild.cloneNode(true);
  made.lastChild.textContent = label || "not checked";
  return made;
}

class Follower {
  constructor(answer, done) {
    this.answer = answer;
    this.done = done;
    this.footnotes = new Map();
    this.pending = "";
    this.over = false;
    this.parts = Object.fromEntries(
      ["now", "steps", "sentences", "provisional", "notes"].map((name) => [name, answer.querySelector(`[data-${name}]`)]),
    );
    // The stream tells everything from the beginning, so what the page already shows would come twice.
    this.parts.steps?.replaceChildren();
    this.parts.sentences?.replaceChildren();
    this.source = new EventSource(answer.dataset.eventsUrl);
    for (const kind of ["step", "delta", "citation", "sentence", "done"]) {
      this.source.addEventListener(kind, (event) => this[kind === "done" ? "finish" : kind](JSON.parse(event.data)));
    }
    this.source.onerror = () => {
      if (this.source.readyState === EventSource.CLOSED) this.finish({ url: answer.dataset.url });
    };
  }

  /** Its turn has come, if it waited for another answer. */
  wake() {
    if (this.answer.dataset.state !== "queued") return;
    this.answer.dataset.state = "running";
    this.answer.querySelector("[data-take-back]")?.remove();
    this.woken?.();
  }

  /** Nothing more is wanted of it. */
  leave() {
    this.over = true;
    this.source.close();
  }

  step({ text }) {
    this.wake();
    this.parts.now.textContent = text;
    this.parts.steps.append(element("li", "", text));
  }

  delta({ text }) {
    this.pending += text;
    this.parts.provisional.textContent = this.pending;
  }

  citation(footnote) {
    this.footnotes.set(footnote.n, footnote);
  }

  sentence({ text, short, standing: value, standing_label: label, reason, citations }) {
    const row = element("div", `sentence sentence--${value || "none"} sentence--fresh`);
    const words = element("p", "sentence__text");
    if (short) {
      const lead = element("strong", "sentence__short");
      lead.append(element("span", "hush", "In short: "), short);
      words.append(lead, " ");
    }
    words.append(element("span", "sentence__words", text));
    for (const n of citations || []) if (this.footnotes.has(n)) words.append(numeral(this.footnotes.get(n)));
    row.append(words, standing(value, label));
    if (reason && value !== "supported") row.append(element("p", "sentence__reason", reason));
    this.parts.sentences.append(row);
    window.htmx?.process(row);
    this.forget(text);
  }

  /** What has been checked need not stand among the unchecked text any more. */
  forget(text) {
    const plain = this.pending.replace(/\s*\[\d+(?:\s*,\s*\d+)*\]/g, "").replace(/\s+([.,;:!?])/g, "$1");
    const at = plain.indexOf(text);
    this.pending = at < 0 ? plain.slice(Math.min(plain.length, text.length)) : plain.slice(at + text.length);
    this.pending = this.pending.trimStart();
    this.parts.provisional.textContent = this.pending;
  }

  async finish({ url }) {
    if (this.over) return;
    this.over = true;
    this.source.close();
    try {
      const response = await fetch(ownAddress(url), { headers: { "X-Requested-With": "fetch" } });
      if (response.redirected) return location.reload();
      const fresh = response.ok ? fragment(await response.text()) : null;
      if (!fresh) throw new Error(String(response.status));
      const held = this.answer.contains(document.activeElement);
      this.answer.replaceWith(fresh);
      if (held) fresh.focus({ preventScroll: true });
      window.htmx?.process(fresh);
      this.done(fresh);
    } catch {
      this.answer.removeAttribute("aria-busy");
      toast("The connection was lost before the answer was complete. Load the page again to see all of it.", 20);
      this.done(this.answer);
    }
  }
}

/** Follows an unfinished answer of the page; ``done`` receives the element that took its place, ``woken`` is called
    when an answer that waited for another begins. */
export function follow(answer, done, woken) {
  const follower = new Follower(answer, done);
  follower.woken = woken;
  return follower;
}
