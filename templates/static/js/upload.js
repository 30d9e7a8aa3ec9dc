// Sends many files, three at a time, each with its own bar. What a file goes through afterwards the jobs list tells.

import { csrfToken, toast } from "./page.js";

const AT_ONCE = 3;
const form = document.getElementById("upload");
const list = document.querySelector("[data-sending]");
const summary = document.querySelector("[data-sending-summary]");
const shape = document.getElementById("sending-row");
const section = document.querySelector("[data-sending-section]");
const heading = document.getElementById("sending-title");
const waiting = [];
const none = { total: 0, received: 0, here: 0, refused: 0 };
let count = { ...none }; // of the files that were chosen together, or while others were on their way
let sending = 0;
let paused = false;

function megabytes(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function tell() {
  summary.textContent = [`${count.received} of ${count.total} received`, ...besides()].join(" · ");
}

/** What became of the others. */
function besides() {
  const parts = [];
  if (count.here) parts.push(`${count.here} already here`);
  if (count.refused) parts.push(`${count.refused} not taken`);
  return parts;
}

function add(file, name) {
  section.hidden = false;
  heading.textContent = "Sending";
  const row = shape.content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = name;
  row.querySelector("progress").setAttribute("aria-label", name);
  list.append(row);
  // Where it goes is what was chosen when it was added, whatever is chosen while it waits.
  const chosen = form.elements.document || form.elements.collection;
  const item = { file, name, row, place: [chosen.name, chosen.value], xhr: null, over: false };
  row.querySelector("[data-cancel]").addEventListener("click", () => cancel(item));
  count.total += 1;
  const most = Number(form.dataset.maxBytes);
  if (most && file.size > most) return end(item, `Too large: ${megabytes(file.size)}; up to ${megabytes(most)} can be read.`, "refused");
  waiting.push(item);
  next();
}

function stage(item, text) {
  item.row.querySelector("[data-stage]").textContent = text;
}

/** ``became``: received, here (it was already) or refused. */
function end(item, text, became) {
  if (item.over) return;
  item.over = true;
  const held = item.row.contains(document.activeElement);
  stage(item, text);
  item.row.querySelector("[data-stage]").classList.toggle("job__error", became === "refused");
  item.row.querySelector(".job__bar").remove();
  item.row.querySelector("[data-cancel]").remove();
  item.row.dataset.became = became;
  if (held) {
    item.row.tabIndex = -1;
    item.row.focus();
  }
  count[became] += 1;
  tell();
}

/** Nothing was added: which document it is already, so that nobody looks for it in vain. */
function alreadyHere(item, { message, document: at }) {
  const badge = item.row.querySelector("[data-badge]");
  badge.textContent = "already here";
  badge.hidden = false;
  if (at?.url) {
    const link = item.row.querySelector("[data-at]");
    link.href = at.url;
    link.textContent = at.title;
    link.hidden = false;
  }
  end(item, at?.url ? "nothing was added; it is" : message, "here");
}

function cancel(item) {
  const at = waiting.indexOf(item);
  if (at >= 0) waiting.splice(at, 1);
  item.xhr?.abort();
  end(item, "cancelled before it was received", "refused");
}

function next() {
  while (!paused && sending < AT_ONCE && waiting.length) upload(waiting.shift());
  tell();
}

function reply(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    if (new URL(xhr.responseURL || location.href).pathname.startsWith("/accounts/")) {
      return { message: "You are signed out by now. Sign in again and choose the file once more." };
    }
    return {
      message:
        xhr.status === 403
          ? "This page had expired. Load it again and choose the file once more."
          : "It could not be received. Try it again in a moment.",
    };
  }
}

function upload(item) {
  const xhr = new XMLHttpRequest();
  const body = new FormData();
  body.append(...item.place);
  body.append("name", item.name);
  body.append("file", item.file, item.file.name);
  item.xhr = xhr;
  sending += 1;
  xhr.open("POST", form.action);
  xhr.setRequestHeader("X-CSRFToken", csrfToken());
  xhr.setRequestHeader("X-Requested-With", "fetch");
  xhr.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
    if (!lengthComputable || item.over) return;
    item.row.querySelector("progress").value = (100 * loaded) / total;
    stage(item, loaded < total ? `sending, ${megabytes(loaded)} of ${megabytes(total)}` : "received, being checked");
  });
  xhr.addEventListener("load", () => {
    if (xhr.status === 429) return later(item, xhr);
    const told = reply(xhr);
    const taken = Boolean(told.outcome); // a page instead, such as the one to sign in, is no receipt
    if (told.outcome === "duplicate") alreadyHere(item, told);
    else end(item, told.message || "received", taken ? "received" : "refused");
    if (taken) window.htmx?.trigger(document.body, "jobs-changed");
  });
  xhr.addEventListener("error", () => end(item, "The server could not be reached. Choose the file again in a moment.", "refused"));
  xhr.addEventListener("loadend", () => {
    sending -= 1;
    if (!sending && !waiting.length) tidy();
    next();
  });
  xhr.send(body);
}

/** Too many just now: nothing is lost, the file goes to the front of the queue and is sent when it may be. */
function later(item, xhr) {
  const seconds = Math.min(Math.max(Number(xhr.getResponseHeader("Retry-After")) || 5, 1), 3600);
  stage(item, reply(xhr).message);
  waiting.unshift(item);
  paused = true;
  setTimeout(() => {
    paused = false;
    next();
  }, 1000 * seconds);
}

/** Received files go on in the jobs list; what was here already or was not taken stays here, to be read. */
function tidy() {
  for (const row of list.querySelectorAll('[data-became="received"]')) row.remove();
  section.hidden = !list.children.length;
  heading.textContent = "Not added";
  const parts = besides();
  if (count.received) parts.unshift(`${count.received} file${count.received === 1 ? "" : "s"} received`);
  if (parts.length) toast(`${parts.join(", ")}.${count.received ? " You can leave this page." : ""}`);
  if (count.received && "one" in form.dataset) form.hidden = true; // the page's heading names a version that is there now
}

/** Every file beneath an entry of a drop, with its path from there. Folders give at most 100 entries a reading. */
async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push([file, entry.fullPath.replace(/^\//, "")]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const part = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!part.length) return;
    for (const child of part) await walk(child, found);
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = entries.length ? [] : [...transfer.files].map((file) => [file, file.name]);
  const found = plain;
  try {
    for (const entry of entries) await walk(entry, found);
  } catch {
    toast("A part of the folder could not be read. The files that could are being sent.");
  }
  take(found);
}

function take(files) {
  // Hidden files are the system's, such as .DS_Store; nobody means to ask them anything.
  const wanted = files.filter(([, name]) => !name.split("/").at(-1).startsWith("."));
  if (!wanted.length) toast("There was no file in it.");
  if ("one" in form.dataset && wanted.length > 1) return toast("One file at a time becomes the next version. Choose one.");
  if (form.elements.collection?.reportValidity() === false) {
    return toast("Nothing was sent yet: choose the collection first. It says who may read what you add.");
  }
  if (!sending && !waiting.length) count = { ...none };
  for (const [file, name] of wanted) add(file, name);
}

function wire() {
  const drop = form.querySelector("[data-drop]");
  const input = (kind) => form.querySelector(`[data-input="${kind}"]`);
  input("file").hidden = true;
  for (const button of form.querySelectorAll("[data-choose]")) {
    button.addEventListener("click", () => input(button.dataset.choose).click());
  }
  for (const kind of ["file", "folder"]) {
    input(kind)?.addEventListener("change", ({ target }) => {
      take([...target.files].map((file) => [file, file.webkitRelativePath || file.name]));
      target.value = "";
    });
  }
  for (const type of ["dragenter", "dragover"]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    dropped(event.dataTransfer);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeunload", (event) => {
    if (sending || waiting.length) event.preventDefault();
  });
}

// The list of jobs is drawn anew while there is work: where the button that was used is gone, its line has the focus.
let line = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "jobs") line = document.activeElement.closest("[data-job]")?.id;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!line) return;
  if (document.activeElement === document.body) document.getElementById(line)?.focus({ preventScroll: true });
  line = null;
});

if (form) wire();
