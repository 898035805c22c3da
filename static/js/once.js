/* A form with data-once is sent once: its buttons rest after the first press and wake when the page is shown again. */
(() => {
  const buttons = (form) => [...form.elements].filter((one) => one.type === "submit");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => buttons(form).forEach((one) => { one.disabled = true; one.dataset.resting = ""; }));
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const one of document.querySelectorAll("[data-resting]")) { one.disabled = false; delete one.dataset.resting; }
  });
})();
