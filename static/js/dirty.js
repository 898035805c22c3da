/* A form with data-dirty asks before it is left with changes in it. */
(() => {
  for (const form of document.querySelectorAll("form[data-dirty]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
})();
