// What somebody is writing is kept in this tab until it is sent or they sign out: a reload, another form or an ended
// session takes nothing away. Each person's own: whoever signs in next in this tab finds none of it.

const PREFIX = "draft:";
const name = (key) => `${PREFIX}${document.body.dataset.person || ""}:${key}`;

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // it may be switched off
  }
}

export function keepDraft(field) {
  const key = name(field.dataset.draft);
  try {
    if (field.value && field.value !== field.defaultValue) storage()?.setItem(key, field.value);
    else storage()?.removeItem(key);
  } catch { /* no room for it: then it is kept on the page only */ }
}

export function forgetDraft(key) {
  storage()?.removeItem(name(key));
}

export function forgetDraftsOf(form) {
  for (const field of form.querySelectorAll("[data-draft]")) forgetDraft(field.dataset.draft);
}

/** Fills in what was being written, where nothing else stands. Gives the fields that were filled. */
export function restoreDrafts(root) {
  return [...root.querySelectorAll("[data-draft]")].filter((field) => {
    const kept = storage()?.getItem(name(field.dataset.draft));
    if (!kept || field.value !== field.defaultValue || (field.value && "draftWhenEmpty" in field.dataset)) return false;
    field.value = kept;
    return true;
  });
}

function forgetAll() {
  const kept = storage();
  for (const key of Object.keys(kept || {})) if (key.startsWith(PREFIX)) kept.removeItem(key);
}

document.addEventListener("input", (event) => {
  if (event.target.dataset?.draft) keepDraft(event.target);
});
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname.startsWith("/accounts/logout")) forgetAll();
  else setTimeout(() => event.defaultPrevented || forgetDraftsOf(event.target)); // sent without script
});
for (const field of restoreDrafts(document)) {
  const fold = field.closest("details");
  if (fold) fold.open = true;
}
