// Reads the figures every quarter of a minute, and turns to the next tab by itself.
(() => {
  const READ_SECONDS = 15;
  const OLD_SECONDS = 60;
  const address = new URL("../wall/figures", document.currentScript.src);
  const byId = (id) => document.getElementById(id);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
  let figures = null;
  let current = 0;
  let turnAt = 0;
  let readAt = 0;

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const line = (course) => {
    const values = course.filter((value) => value !== null);
    if (values.length < 2) return null;
    const most = Math.max(...values), least = Math.min(0, ...values);
    const step = 100 / (course.length - 1), scale = 28 / ((most - least) || 1);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 100 30");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    let points = [];
    const end = () => {
      if (points.length > 1) {
        const drawn = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
        drawn.setAttribute("points", points.join(" "));
        svg.append(drawn);
      }
      points = [];
    };
    course.forEach((value, index) => {
      if (value === null) end();
      else points.push(`${(index * step).toFixed(2)},${(29 - (value - least) * scale).toFixed(2)}`);
    });
    end();
    return svg;
  };

  const card = (figure) => {
    const made = element("article", "", { "data-status": figure.status });
    const value = element("b", figure.value);
    if (figure.unit) value.append(element("small", figure.unit));
    made.append(element("h2", figure.label), value, element("p", figure.note));
    const course = line(figure.course);
    if (course) made.append(course);
    return made;
  };

  const since = (text) => {
    const at = new Date(text), days = Math.floor((Date.now() - at) / 86_400_000);
    return `${days ? at.toLocaleDateString() + " " : ""}${clock.format(at)}`;
  };

  const alert = (each) => {
    const status = each.severity === "critical" ? "bad" : "warn";
    const made = element("article", "", { class: "alert", "data-status": each.acknowledged_by ? "" : status });
    const labels = Object.entries(each.labels).map(([name, value]) => `${name} ${value}`).join(", ");
    const care = each.acknowledged_by ? `acknowledged by ${each.acknowledged_by}` : "nobody has acknowledged it";
    made.append(element("h2", each.rule + (labels ? `: ${labels}` : "")),
      element("p", `${each.severity}, since ${since(each.since)} (${zone}), n = ${each.n}, ${care}`));
    return made;
  };

  const draw = () => {
    if (!figures || !figures.tabs.length) return;
    current %= figures.tabs.length;
    const tab = figures.tabs[current];
    byId("title").textContent = tab.title;
    byId("sentence").textContent = tab.sentence;
    byId("cards").className = tab.alerts.length ? "is-list" : "";
    byId("cards").replaceChildren(...tab.cards.map(card), ...tab.alerts.map(alert));
    byId("tabs").replaceChildren(...figures.tabs.map((each, index) => {
      const made = element("button", each.title, { type: "button" });
      if (index === current) made.setAttribute("aria-current", "page");
      made.addEventListener("click", () => turn(index));
      return made;
    }));
  };

  const turn = (index) => {
    current = (index + figures.tabs.length) % figures.tabs.length;
    turnAt = Date.now() + figures.tab_seconds * 1000;
    draw();
  };

  const say = (text) => {
    byId("sentence").textContent = text;
    byId("cards").replaceChildren();
    byId("tabs").replaceChildren();
  };

  const read = async () => {
    readAt = Date.now() + READ_SECONDS * 1000;
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      if (response.status === 401) {
        figures = null;
        byId("moment").textContent = "";
        say(document.querySelector("main").dataset.ended);
        return;
      }
      if (!response.ok) return;
      const isFirst = figures === null;
      figures = await response.json();
      if (isFirst) turnAt = Date.now() + figures.tab_seconds * 1000;
      draw();
    } catch { /* the network is away: the time of the figures says so */ }
  };

  const tick = () => {
    const now = Date.now();
    if (now >= readAt) read();
    if (!figures) return;
    if (now >= turnAt) turn(current + 1);
    const age = (now - new Date(figures.at)) / 1000, moment = byId("moment");
    moment.classList.toggle("is-old", age > OLD_SECONDS);
    moment.textContent = `${age > OLD_SECONDS ? "not updating since " : ""}${clock.format(new Date(figures.at))} (${zone})`;
  };

  const full = byId("full");
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => {
    document.body.classList.toggle("is-full", document.fullscreenElement !== null);
  });
  document.addEventListener("keydown", (event) => {
    if (!figures) return;
    if (event.key === "ArrowRight") turn(current + 1);
    if (event.key === "ArrowLeft") turn(current - 1);
  });
  setInterval(tick, 500);
  tick();
})();
