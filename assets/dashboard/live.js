// Follows /ws/live while a live page is open: each new sample redraws it; the badge shows an interruption.
(() => {
  let socket = null, target = "", asOf = "", lastFrame = 0, pause = 1000, retryAt = 0;
  const set = (id, props) => window.dash_clientside?.set_props?.(id, props);
  const isFixed = () => /[?&](start|end)=/.test(location.search);

  const address = () => {
    if (document.hidden || isFixed() || !document.querySelector("main[data-live]")) return "";
    const parameters = new URLSearchParams(location.search), filters = new URLSearchParams();
    for (const name of ["app", "service"]) if (parameters.get(name)) filters.set(name, parameters.get(name));
    const query = String(filters);
    return `${location.origin.replace(/^http/, "ws")}${document.documentElement.dataset.base || ""}/ws/live${query ? "?" + query : ""}`;
  };

  const onFrame = (event) => {
    const frame = JSON.parse(event.data);
    lastFrame = Date.now();
    pause = 1000;
    if (frame.as_of === asOf || document.querySelector("details[open]")) return;
    asOf = frame.as_of;
    set("tick", { data: `live ${asOf}` });
  };

  const disconnect = () => {
    const old = socket;
    socket = null;
    if (old) { old.onclose = null; old.close(); }
  };

  const follow = () => {
    const now = address();
    if (now !== target) { target = now; disconnect(); retryAt = 0; }
    if (target && !socket && Date.now() >= retryAt) {
      socket = new WebSocket(target);
      socket.onmessage = onFrame;
      socket.onclose = () => { socket = null; retryAt = Date.now() + pause; pause = Math.min(pause * 2, 30000); };
    }
    const badge = document.getElementById("live-badge");
    if (badge) {
      const age = Math.round((Date.now() - lastFrame) / 1000);
      const isLive = lastFrame && age < 4;
      badge.hidden = !target;
      badge.classList.toggle("is-silent", !isLive);
      badge.textContent = isLive ? "Live" : "Not live, reconnecting";
    }
  };
  setInterval(follow, 500);
  document.addEventListener("visibilitychange", follow);
})();
