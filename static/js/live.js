/* A form with data-live asks again as one types and replaces the element data-live-target names; the address follows, the count is said.
   Anything unexpected falls back to sending the form. */
(() => {
  for (const form of document.querySelectorAll("form[data-live]")) {
    const wanted = form.dataset.liveTarget;
    const said = form.parentElement.querySelector("[data-live-said]");
    let timer = 0, running = null;
    const ask = async () => {
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, value);
      const address = new URL(form.action);
      address.search = query.toString();
      running?.abort();
      running = new AbortController();
      form.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(address, { signal: running.signal, headers: { "X-Requested-With": "live" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector(wanted);
        document.querySelector(wanted).replaceWith(fresh);
        history.replaceState(null, "", address);
        const count = fresh.querySelector("[data-live-count]");
        if (said && count) said.textContent = count.textContent;
        form.removeAttribute("aria-busy");
        document.dispatchEvent(new CustomEvent("live:replaced"));
      } catch (problem) {
        if (problem.name === "AbortError") return;
        form.removeAttribute("aria-busy");
        form.submit();
      }
    };
    const soon = (wait) => { clearTimeout(timer); timer = setTimeout(ask, wait); };
    form.addEventListener("input", (event) => soon(event.target.matches("[type=search],[type=text]") ? 300 : 50));
    form.addEventListener("submit", (event) => { event.preventDefault(); soon(0); });
  }
})();
