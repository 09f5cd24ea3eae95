// Follows the live socket while a live page is open: a new sample redraws it, silence is told.
(() => {
  let socket = null, wanted = "", asOf = "", heard = 0, pause = 1000, again = 0;
  const set = (id, props) => window.dash_clientside?.set_props?.(id, props);
  const isFixed = () => /[?&](start|end)=/.test(location.search);

  const address = () => {
    if (document.hidden || isFixed() || !document.querySelector("main[data-live]")) return "";
    const given = new URLSearchParams(location.search), asked = new URLSearchParams();
    for (const name of ["app", "service"]) if (given.get(name)) asked.set(name, given.get(name));
    const query = String(asked);
    return `${location.origin.replace(/^http/, "ws")}/ws/live${query ? "?" + query : ""}`;
  };

  const take = (event) => {
    const pulse = JSON.parse(event.data);
    heard = Date.now();
    pause = 1000;
    if (pulse.as_of === asOf || document.querySelector("details[open]")) return;
    asOf = pulse.as_of;
    set("tick", { data: `live ${asOf}` });
  };

  const hangUp = () => {
    const old = socket;
    socket = null;
    if (old) { old.onclose = null; old.close(); }
  };

  const follow = () => {
    const now = address();
    if (now !== wanted) { wanted = now; hangUp(); again = 0; }
    if (wanted && !socket && Date.now() >= again) {
      socket = new WebSocket(wanted);
      socket.onmessage = take;
      socket.onclose = () => { socket = null; again = Date.now() + pause; pause = Math.min(pause * 2, 30000); };
    }
    const badge = document.getElementById("live-badge");
    if (badge) {
      const age = Math.round((Date.now() - heard) / 1000);
      const isHeard = heard && age < 4;
      badge.hidden = !wanted;
      badge.classList.toggle("is-silent", !isHeard);
      badge.textContent = isHeard ? "Live" : "Not live, trying again";
    }
  };
  setInterval(follow, 500);
  document.addEventListener("visibilitychange", follow);
})();
