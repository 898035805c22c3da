/* After a page with errors loads, the focus stands on their summary. */
document.querySelector("[data-focus]")?.focus();
