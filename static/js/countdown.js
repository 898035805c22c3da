/* Ticks what components/countdown.html shows; the server's text already says when it ends. Speaks at 5 minutes, 1 minute and the end. */
(() => {
  const words = (left) => {
    const [days, hours, minutes] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60];
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${minutes} min`;
    return (minutes ? `${minutes} min ` : "") + `${left % 60} s`;
  };
  for (const box of document.querySelectorAll("[data-countdown]")) {
    const end = Date.parse(box.dataset.countdown), whole = Number(box.dataset.whole) || 1;
    const shown = box.querySelector("[data-left]"), said = box.querySelector("[data-said]"), ring = box.querySelector(".ring.on");
    shown.hidden = false;
    let before = Infinity;
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      shown.textContent = left ? words(left) : box.dataset.over;
      ring.setAttribute("stroke-dasharray", `${Math.min(100, (100 * left) / whole)} 100`);
      if (left <= 0 && before > 0) said.textContent = box.dataset.over;
      else for (const mark of [300, 60]) if (left <= mark && before > mark && before !== Infinity) said.textContent = words(left);
      before = left;
      if (left) setTimeout(tick, 1000 - (Date.now() % 1000));
    };
    tick();
  }
})();
