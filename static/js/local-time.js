/* Adds the visitor's own time after <time data-own-zone> where her clock says another hour than the event's text. */
(() => {
  const add = () => {
    for (const time of document.querySelectorAll("time[data-own-zone]")) {
      const at = new Date(time.dateTime), written = /T(\d\d):(\d\d)/.exec(time.dateTime);
      time.removeAttribute("data-own-zone");
      if (Number.isNaN(+at) || !written || (at.getHours() === +written[1] && at.getMinutes() === +written[2])) continue;
      const own = at.toLocaleString(document.documentElement.lang, { weekday: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
      const note = document.createElement("small");
      note.className = "soft";
      note.textContent = ` (${own} where you are)`;
      time.after(note);
    }
  };
  add();
  document.addEventListener("live:replaced", add);
})();
