// Sends many files, three at a time, each with its own bar. What a file goes through afterwards the jobs list tells.

import { csrfToken, toast } from "./page.js";

const AT_ONCE = 3;
const form = document.getElementById("upload");
const list = document.querySelector("[data-sending]");
const summary = document.querySelector("[data-sending-summary]");
const shape = document.getElementById("sending-row");
const waiting = [];
const count = { total: 0, received: 0, refused: 0 };
let sending = 0;
let paused = false;

function megabytes(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function tell() {
  const parts = [`${count.received} of ${count.total} received`];
  if (count.refused) parts.push(`${count.refused} not taken`);
  summary.textContent = parts.join(" · ");
}

function add(file, name) {
  document.querySelector("[data-sending-section]").hidden = false;
  const row = shape.content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = name;
  row.querySelector("progress").setAttribute("aria-label", name);
  list.append(row);
  const item = { file, name, row, collection: form.collection.value, xhr: null, over: false };
  row.querySelector("[data-cancel]").addEventListener("click", () => cancel(item));
  count.total += 1;
  const most = Number(form.dataset.maxBytes);
  if (most && file.size > most) return end(item, `Too large: ${megabytes(file.size)}; up to ${megabytes(most)} can be read.`, true);
  waiting.push(item);
  next();
}

function stage(item, text) {
  item.row.querySelector("[data-stage]").textContent = text;
}

function end(item, text, refused) {
  if (item.over) return;
  item.over = true;
  stage(item, text);
  item.row.querySelector("[data-stage]").classList.toggle("job__error", refused);
  item.row.querySelector(".job__bar").remove();
  item.row.querySelector("[data-cancel]").remove();
  if (refused) count.refused += 1;
  else count.received += 1;
  tell();
}

function cancel(item) {
  const at = waiting.indexOf(item);
  if (at >= 0) waiting.splice(at, 1);
  item.xhr?.abort();
  end(item, "cancelled before it was received", true);
}

function next() {
  while (!paused && sending < AT_ONCE && waiting.length) upload(waiting.shift());
  tell();
}

function said(xhr) {
  try {
    return JSON.parse(xhr.responseText).message;
  } catch {
    return xhr.status === 403
      ? "This page had expired. Load it again and choose the file once more."
      : "It could not be received. Try it again in a moment.";
  }
}

function upload(item) {
  const xhr = new XMLHttpRequest();
  const body = new FormData();
  body.append("collection", item.collection);
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
    const taken = xhr.status >= 200 && xhr.status < 300;
    end(item, said(xhr) || "received", !taken);
    if (taken) window.htmx?.trigger(document.body, "jobs-changed");
  });
  xhr.addEventListener("error", () => end(item, "The server could not be reached. Choose the file again in a moment.", true));
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
  stage(item, said(xhr));
  waiting.unshift(item);
  paused = true;
  setTimeout(() => {
    paused = false;
    next();
  }, 1000 * seconds);
}

/** Received files go on in the jobs list; only what was not taken stays here, to be read. */
function tidy() {
  for (const row of [...list.children]) if (!row.querySelector(".job__error")) row.remove();
  if (count.received) toast(`${count.received} file${count.received === 1 ? "" : "s"} received. You can leave this page.`);
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
    input(kind).addEventListener("change", ({ target }) => {
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

if (form) wire();
