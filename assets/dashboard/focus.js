// Keeps the keyboard focus over a redraw: the replacement of the focused element takes it.
(() => {
  const signature = (part) => [part.id, part.getAttribute("href"), part.getAttribute("aria-label"), part.textContent].join("|");
  const alike = (kind, name) => [...document.getElementsByTagName(kind)].filter((part) => signature(part) === name);
  let last = null; // the focused element, its signature, and its index among those with the same one

  document.addEventListener("focusin", (event) => {
    const part = event.target, name = signature(part);
    last = { part, name, index: alike(part.tagName, name).indexOf(part) };
  });
  // An element that is removed loses the focus unintentionally; one that stays was left by the user.
  document.addEventListener("focusout", (event) => {
    setTimeout(() => { if (last?.part === event.target && event.target.isConnected) last = null; });
  });
  new MutationObserver(() => {
    if (!last || last.part.isConnected || document.activeElement !== document.body) return;
    alike(last.part.tagName, last.name)[last.index]?.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
