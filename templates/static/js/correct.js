// Keys of the page that corrects an answer: Ctrl+Enter checks, Ctrl+S saves, Enter in the search field searches.

const form = document.querySelector("[data-correcting]");

form?.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  const wanted = !event.ctrlKey && !event.metaKey
    ? key === "enter" && event.target.type === "search" && "[data-search]"
    : key === "enter" ? '[value="check"]' : key === "s" && "[data-save]";
  if (!wanted) return;
  event.preventDefault();
  form.querySelector(wanted).click();
});
