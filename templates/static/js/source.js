// A page of a document: brings the first mark into sight, and zooms the picture.

const LEVELS = [100, 150, 200];

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

function settle(root) {
  for (const folio of root.querySelectorAll("[data-folio]")) {
    if (folio.dataset.shown) continue;
    folio.dataset.shown = "yes";
    const image = folio.querySelector("img");
    if (image && !image.complete) image.addEventListener("load", () => reveal(folio), { once: true });
    image?.addEventListener("error", () => folio.classList.add("no-picture"), { once: true });
    reveal(folio);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (!button) return;
  const folio = button.closest("[data-folio]");
  const next = (Number(folio.dataset.zoomed || 0) + 1) % LEVELS.length;
  folio.dataset.zoomed = next;
  folio.classList.toggle("zoom-2", next === 1);
  folio.classList.toggle("zoom-3", next === 2);
  button.querySelector("[data-zoom-level]").textContent = `${LEVELS[next]} %`;
  reveal(folio);
});

document.addEventListener("htmx:afterSettle", () => settle(document));
document.addEventListener("toggle", (event) => event.target.open && event.target.querySelector("[data-folio]") && settle(document), true);
settle(document);
