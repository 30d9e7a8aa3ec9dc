// What every page shares: toasts, what to do when a fragment cannot be fetched, the token for posts.

export function csrfToken() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  } catch {
    return "";
  }
}

/** Shows a sentence for some seconds; it stays while somebody points at it. */
export function toast(text, seconds = 7) {
  const place = document.getElementById("toasts");
  const shape = document.getElementById("toast");
  if (!place || !shape) return;
  const item = shape.content.firstElementChild.cloneNode(true);
  item.querySelector(".toast__text").textContent = text;
  place.replaceChildren(item);
  const leave = () => (item.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : item.remove());
  setTimeout(leave, seconds * 1000);
}

export async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast("The browser did not allow copying. Select the text and copy it by hand.");
  }
}

/** Copies a text that the server makes. It is asked for inside the click, or some browsers would not let it be kept. */
export async function copyFrom(url, said) {
  const text = fetch(url, { headers: { "X-Requested-With": "fetch" } }).then((response) => {
    if (response.redirected) signInAgain(response.url);
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    return response.text();
  });
  try {
    if (window.ClipboardItem) {
      const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } else await navigator.clipboard.writeText(await text);
    toast(said);
  } catch {
    const there = await text.then(() => true, () => false);
    toast(there ? "The browser did not allow copying. Select the text and copy it by hand." : "It could not be copied just now. Try again in a moment.");
  }
}

/** The session has ended: to the sign-in page, and from there back to where one was. */
function signInAgain(address) {
  location.assign(`${new URL(address).pathname}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Posts a form by script. Gives the response, or null after saying in words what went wrong. */
export async function post(url, body) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch", "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
    });
  } catch {
    toast("The server could not be reached. Nothing was lost; try again in a moment.");
    return null;
  }
  if (response.redirected) {
    // The sign-in page that came would lead back to the address that was posted to, which shows nothing.
    if (new URL(response.url).pathname.startsWith("/accounts/")) signInAgain(response.url);
    else location.assign(response.url);
    return null;
  }
  if (!response.ok) {
    toast(await reason(response));
    return null;
  }
  return response;
}

async function reason(response) {
  const plain = (response.headers.get("Content-Type") || "").startsWith("text/plain");
  const said = (await response.text()).trim();
  if (plain && said) return said;
  if (response.status === 403) return "This page had expired. Load it again: what you wrote is kept and stands there still.";
  if (response.status === 404) return "It does not exist any more, or is not open to you.";
  if (response.status === 429) return "Too many requests in a short time. Wait a few seconds and try again.";
  return "Something went wrong on our side. What was saved before is kept; try again in a moment.";
}

/** The first element of a fragment of HTML that the server rendered. */
export function fragment(html) {
  const element = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  return element ? document.importNode(element, true) : null;
}

export function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(".toast").remove();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const address = event.detail.xhr && event.detail.xhr.responseURL;
  if (address && new URL(address).pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false; // the session ended: the sign-in page belongs in the window, not in a pane
    location.reload();
  }
});
document.addEventListener("htmx:sendError", () => toast("The server could not be reached. Try again in a moment."));
document.addEventListener("htmx:responseError", (event) => {
  const xhr = event.detail.xhr;
  const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  if (plain && xhr.responseText) toast(xhr.responseText);
  else if (xhr.status === 404) toast("It does not exist any more, or is not open to you.");
  else toast("That did not work just now. Nothing was lost; try again in a moment.");
});

// Ticked rows of a table: how many, all at once, and by name before anything is done to them.
const ticks = () => [...document.querySelectorAll('input[form="many"]')];

function countTicked() {
  const place = document.querySelector("[data-ticked]");
  if (!place) return;
  const ticked = ticks().filter((box) => box.checked);
  const count = ticked.length;
  const these = `${count} document${count === 1 ? "" : "s"}`;
  place.textContent = count ? `${count} ticked` : "Tick documents to change several at once.";
  document.querySelector("[data-tick-all]").textContent = count && count === ticks().length ? "Tick none" : "Tick all shown";
  for (const button of document.querySelectorAll("[data-for-ticked]")) button.disabled = !count;
  document.querySelector("[data-delete-title]").textContent = `Delete ${these}?`;
  document.querySelector("[data-ticked-titles]").replaceChildren(
    ...ticked.map((box) => Object.assign(document.createElement("li"), { textContent: box.dataset.title })),
  );
}

document.addEventListener("change", (event) => {
  if (event.target.matches('input[form="many"]')) countTicked();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-tick-all]")) return;
  const all = ticks().every((box) => box.checked);
  for (const box of ticks()) box.checked = !all;
  countTicked();
});
document.addEventListener("htmx:afterSettle", countTicked);
countTicked();
