// The buttons of the set-up page: its lists are drawn anew every few seconds, so that a press is told
// from the document and not by a component, which may be gone before its callback is done.
(() => {
  document.addEventListener("click", ({ target }) => {
    const pressed = target.closest("[data-origin-act]");
    if (!pressed) return;
    const { originAct: act, purpose, origin } = pressed.dataset;
    window.dash_clientside.set_props("setup-command", { data: { act, purpose, origin, at: Date.now() } });
  });
})();
