// Runs in the head, before anything is painted: the chosen theme, and a mark that scripts work.
(() => {
  const root = document.documentElement;
  const themes = ["system", "light", "dark"];
  const names = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

  function chosen() {
    try {
      const value = localStorage.getItem("theme");
      return themes.includes(value) ? value : "system";
    } catch {
      return "system"; // storage may be switched off
    }
  }

  function show(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-label", names[theme]);
      button.title = names[theme];
      for (const icon of button.querySelectorAll("[data-theme-icon]")) icon.toggleAttribute("hidden", icon.dataset.themeIcon !== theme);
    }
  }

  root.classList.add("js");
  show(chosen());
  document.addEventListener("DOMContentLoaded", () => show(chosen()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = themes[(themes.indexOf(chosen()) + 1) % themes.length];
    try {
      localStorage.setItem("theme", next);
    } catch { /* then it holds for this page only */ }
    show(next);
  });
})();
