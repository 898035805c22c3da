/* Buttons with data-copy put their text on the clipboard and say so; they stay hidden where that is not possible. */
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.querySelector("span"), before = words.textContent;
    words.setAttribute("aria-live", "polite");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = button.dataset.done;
      setTimeout(() => { words.textContent = before; }, 4000);
    });
  }
})();
