/* Puts our coming events where this script stands: a frame, as high as what is in it. Its data- attributes are the list's filters:
   data-kind, data-programme, data-count, data-scheme, data-near ... Sets no cookie and sends nothing but the question. */
(() => {
  const script = document.currentScript;
  if (!script) return;
  const asked = new URL("/widget", script.src);
  const { title = "Coming events", ...words } = script.dataset;
  for (const [name, value] of Object.entries(words)) asked.searchParams.set(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value);
  const frame = document.createElement("iframe");
  frame.src = asked.href;
  frame.title = title;
  frame.loading = "lazy";
  Object.assign(frame.style, { width: "100%", height: "600px", border: "0" });
  addEventListener("message", (message) => {
    if (message.source !== frame.contentWindow || message.origin !== asked.origin) return;
    const height = Number(message.data?.attuneHeight);
    if (height > 0) frame.style.height = `${Math.ceil(height)}px`;
  });
  script.after(frame);
})();
