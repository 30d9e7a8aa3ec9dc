// A page of a document: brings the first mark into sight, and zooms the picture.

const LEVELS = [100, 125, 150, 200, 300];

/** The box that scrolls around an element, or null for the window. */
function scroller(element) {
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
    const overflow = getComputedStyle(box).overflowY;
    if ((overflow === "auto" || overflow === "scroll") && box.scrollHeight > box.clientHeight + 1) return box;
  }
  return null;
}

function reveal(folio) {
  const mark = folio.querySelector("[data-box], [data-mark]");
  const box = mark && scroller(mark);
  if (!mark) return;
  if (!box) {
    if (folio.closest(".page--folio")) mark.scrollIntoView({ block: "center" });
    return;
  }
  const at = mark.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  box.scrollTop += at.top - frame.top - frame.height / 2.5;
  box.scrollLeft += at.left - frame.left - frame.width / 6;
}

const narrow = window.matchMedia("(max-width: 47.99rem)");

function settle(root) {
  for (const folio of root.querySelectorAll("[data-folio]")) {
    if (folio.dataset.shown) continue;
    folio.dataset.shown = "yes";
    // Beside a conversation a phone has room for little; on a page of its own the document keeps everything in sight.
    if (narrow.matches && folio.closest(".source") && !folio.querySelector("[data-found]")) folio.querySelector("[data-more]")?.removeAttribute("open");
    const image = folio.querySelector("img");
    if (image && !image.complete) image.addEventListener("load", () => reveal(folio), { once: true });
    image?.addEventListener("error", () => folio.classList.add("no-picture"), { once: true });
    reveal(folio);
  }
}

/** Larger (1), smaller (-1) or as it was (0): the picture grows inside its frame, text in its size. */
function zoom(folio, by) {
  const before = Number(folio.dataset.zoomed || 0);
  const next = by === 0 ? 0 : Math.min(LEVELS.length - 1, Math.max(0, before + by));
  folio.dataset.zoomed = next;
  for (const inner of folio.querySelectorAll(".leaf__inner")) inner.style.width = `${LEVELS[next]}%`;
  for (const text of folio.querySelectorAll(".leaf--set, .leaf--text")) text.style.zoom = LEVELS[next] / 100;
  folio.querySelector("[data-zoom-level]").textContent = `${LEVELS[next]} %`;
  if (next !== before) reveal(folio);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) zoom(button.closest("[data-folio]"), Number(button.dataset.zoom));
});

// + and - enlarge the page that has the focus, or the only one there is; with a modifier they are the browser's own.
document.addEventListener("keydown", (event) => {
  const by = { "+": 1, "=": 1, "-": -1, 0: 0 }[event.key];
  if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const all = document.querySelectorAll("[data-folio]");
  const folio = event.target.closest("[data-folio]") || (all.length === 1 ? all[0] : null);
  if (!folio) return;
  event.preventDefault();
  zoom(folio, by);
});

// A step, a page or a search puts another page in the place of this one. The control that was used has the focus again,
// and the way back to the quoted words stays.
let left = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const folio = event.detail.target.closest?.("[data-folio]");
  const active = document.activeElement;
  left = folio && {
    place: folio.parentElement,
    control: folio.contains(active) ? active.dataset.control || "" : null,
    trail: folio.querySelector("[data-trail]"),
    footnote: folio.dataset.footnoteUrl,
  };
});

function keepTrail(folio, { trail, footnote }) {
  if (!trail || folio.querySelector("[data-trail]")) return;
  trail.querySelector("[data-back-to-words]").hidden = false;
  folio.querySelector(".folio__tools").before(trail);
  if (footnote) folio.dataset.footnoteUrl = footnote;
  window.htmx?.process(trail);
}

document.addEventListener("htmx:afterSwap", () => {
  const folio = left?.place.querySelector(":scope > [data-folio]");
  if (!folio) return;
  keepTrail(folio, left);
  if (left.control !== null) {
    const same = left.control && folio.querySelector(`[data-control="${left.control}"]:not([hidden])`);
    (same || folio).focus({ preventScroll: true });
  }
  left = null;
});

document.addEventListener("htmx:afterSettle", () => settle(document));
document.addEventListener("toggle", (event) => event.target.open && event.target.querySelector("[data-folio]") && settle(document), true);
settle(document);
