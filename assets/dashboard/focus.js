// What is drawn anew keeps the focus: where the focused part was replaced, its successor takes it.
(() => {
  const words = (part) => [part.id, part.getAttribute("href"), part.getAttribute("aria-label"), part.textContent].join("|");
  const alike = (kind, name) => [...document.getElementsByTagName(kind)].filter((part) => words(part) === name);
  let last = null; // the part in focus, its words, and its place among those of the same words

  document.addEventListener("focusin", (event) => {
    const part = event.target, name = words(part);
    last = { part, name, place: alike(part.tagName, name).indexOf(part) };
  });
  // A part that is taken out loses the focus without anybody's wish; one that stays was left.
  document.addEventListener("focusout", (event) => {
    setTimeout(() => { if (last?.part === event.target && event.target.isConnected) last = null; });
  });
  new MutationObserver(() => {
    if (!last || last.part.isConnected || document.activeElement !== document.body) return;
    alike(last.part.tagName, last.name)[last.place]?.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
