// The map: its hover box, clicks, and the row of the table that belongs to a country.
(() => {
  const update = () => window.dash_clientside.no_update;
  const HATCH = `<svg width="0" height="0" aria-hidden="true" focusable="false" class="hatch-defs"><defs>
    <pattern id="map-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch-ground" width="5" height="5"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/></pattern></defs></svg>`;
  addEventListener("DOMContentLoaded", () => document.body.insertAdjacentHTML("beforeend", HATCH));

  const root = () => document.querySelector("[data-geographic]");
  const graphOf = () => root()?.querySelector('[data-panel="map"] .js-plotly-plot');
  const codeOf = (graph, point) => point.customdata ?? graph.data[point.curveNumber]?.customdata?.[point.pointNumber];

  // Every drawn element of a country: shapes know their location, points their number in the trace.
  const marksOf = (code) => {
    const graph = graphOf();
    if (!graph?.calcdata) return [];
    const marks = [];
    for (const mark of graph.querySelectorAll(".choroplethlocation, .scattergeo .point")) {
      const datum = mark.__data__;
      const trace = datum?.trace ?? mark.parentNode.__data__?.[0]?.trace ?? mark.closest(".trace")?.__data__?.[0]?.trace;
      if (trace?.customdata?.[datum.i ?? datum.index] === code) marks.push(mark);
    }
    return marks;
  };
  const rowsOf = (code) => [...(root()?.querySelectorAll("tr[data-region]") ?? [])].filter((row) => row.dataset.region === code);

  let lit = "";
  const light = (code) => {
    if (code === lit) return;
    lit = code;
    for (const part of document.querySelectorAll(".is-lit")) part.classList.remove("is-lit");
    if (code) for (const part of [...marksOf(code), ...rowsOf(code)]) part.classList.add("is-lit");
  };
  const regionAt = (event) => event.target.closest?.("[data-geographic] [data-region]")?.dataset.region ?? "";
  document.addEventListener("mouseover", (event) => { if (root() && !event.target.closest?.(".js-plotly-plot")) light(regionAt(event)); });
  document.addEventListener("focusin", (event) => { if (root()) light(regionAt(event)); });

  const box = (rows) => rows.map(([label, value], index) => {
    const line = document.createElement("div");
    line.className = index ? `map-row${label ? "" : " is-faint"}${index === 1 ? " is-lead" : ""}` : "hover-title";
    const name = Object.assign(document.createElement("span"), { textContent: label });
    const text = Object.assign(document.createElement("span"), { className: "num", textContent: value });
    line.append(...(index && label ? [name, text] : [label ? name : text]));
    return line;
  });
  // The style of the box: beside the pointer, on the side where there is room.
  const hover = (data, graph, container) => {
    const point = data?.points?.[0], code = point ? codeOf(graph, point) : "";
    light(code || "");
    const rows = graph.layout?.meta?.regions?.[code];
    if (!rows) return { display: "none" };
    container.replaceChildren(...box(rows));
    const frame = graph.getBoundingClientRect(), at = point.bbox ?? data.event;
    const x = ((at.x0 + at.x1) / 2 || at.clientX) - (point.bbox ? 0 : frame.left);
    const y = ((at.y0 + at.y1) / 2 || at.clientY) - (point.bbox ? 0 : frame.top);
    const top = `${Math.max(0, Math.min(y, frame.height - 130))}px`;
    return x > frame.width / 2
      ? { display: "block", right: `${frame.width - x + 16}px`, left: "auto", top }
      : { display: "block", left: `${x + 16}px`, right: "auto", top };
  };

  const select = (data) => {
    const graph = graphOf(), point = data?.points?.[0];
    const code = graph && point ? codeOf(graph, point) : "";
    const selected = new URLSearchParams(location.search).get("selected");
    if (code) window.pageView.go({ selected: code === selected ? "" : code });
    return update();
  };

  let typing = 0;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(); // as the table's names
  const hide = (text) => {
    const part = plain(text);
    for (const row of root()?.querySelectorAll("tr[data-name]") ?? []) {
      row.hidden = !row.dataset.name.includes(part) && row.dataset.region !== text.toUpperCase();
    }
  };
  const find = (text) => {
    const wanted = text || "", query = new URLSearchParams(location.search).get("find") || "";
    clearTimeout(typing);
    if (wanted !== query) {
      hide(wanted);
      typing = setTimeout(() => window.pageView.go({ find: wanted }), 500);
    }
    return update();
  };
  const found = (search) => {
    const field = document.getElementById("find-country");
    return document.activeElement === field ? update() : new URLSearchParams(search || "").get("find") || "";
  };

  window.mapPanel = { hover };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { map: { select, find, found } });
})();
