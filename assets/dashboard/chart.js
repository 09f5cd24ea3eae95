// Draws the figures from the server with the theme's colours, and their hover box.
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const coloured = (value) => {
    if (typeof value === "string") return value.startsWith("--") ? token(value) : value;
    if (Array.isArray(value)) return value.some((part) => typeof part === "string" || (part && typeof part === "object")) ? value.map(coloured) : value;
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part)]));
    }
    return value;
  };
  const frameOf = (panel) => document.querySelector(`[data-panel="${panel}"]`);

  const fit = (figure, width) => {
    const { ticks, narrow } = figure.layout.meta;
    if (width < 480 && narrow) Object.assign(figure.layout, narrow);
    const axis = figure.layout.xaxis;
    if (!ticks) return figure; // it has no axes, or labels that all fit
    const room = Math.max(2, Math.floor((width - 120) / 64));
    const every = Math.ceil(ticks.length / room);
    // A day or year of a tick that does not fit stands under the next one that does.
    let below = "";
    const visible = ticks.flatMap(([at, label], index) => {
      const [first, second] = label.split("<br>");
      below = second || below;
      if (index % every) return [];
      const text = below ? `${first}<br>${below}` : first;
      below = "";
      return [[at, text]];
    });
    axis.tickvals = visible.map(([at]) => at);
    axis.ticktext = visible.map(([, label]) => label);
    return figure;
  };

  const draw = (drawing, _theme, id) => {
    if (!drawing) return window.dash_clientside.no_update;
    const frame = frameOf(id.panel);
    const box = frame?.querySelector(".chart-place");
    box?.setAttribute("aria-label", drawing.label);
    const figure = fit(coloured(drawing.figure), box?.clientWidth || 600);
    const { margin, meta } = figure.layout;
    if (meta.limits) for (const side of "lrtb") frame?.style.setProperty(`--plot-${side}`, `${margin[side]}px`);
    return figure;
  };

  const row = (column, value) => {
    const line = document.createElement("div");
    line.className = "hover-row" + (column.key.startsWith("p95_ms") ? " is-lead" : "") + (column.color ? "" : " is-faint");
    const key = Object.assign(document.createElement("span"), { className: `key key-${column.drawn || "none"}` });
    if (column.color) key.style.setProperty("--key", `var(${column.color})`);
    const name = Object.assign(document.createElement("span"), { textContent: column.label });
    const text = Object.assign(document.createElement("span"), { className: "num", textContent: window.asText(value, column.kind) });
    line.append(key, name, text);
    return line;
  };

  // The hover box of a heatmap has the cell under the pointer only.
  const cellAt = (point, rows, table) => {
    const row = Math.min(rows.count - 1, Math.max(0, Math.floor((point.y - rows.low) / rows.size)));
    return {
      values: table.rows.findLast(([at]) => at <= point.x),
      x: point.x,
      only: table.columns.findIndex((column) => column.drawn === "bucket") + row,
    };
  };
  const pointAt = (data, graph, table) => {
    const rows = graph.layout?.meta?.rows, points = data?.points;
    if (!points?.length || !table) return {};
    if (rows) return cellAt(points[0], rows, table);
    const at = points.find((point) => point.data?.name === "anchor" || point.curveNumber === graph.data.length - 1);
    return { values: at && table.rows[at.pointNumber], x: at?.x, only: -1 };
  };

  const hover = (data, table, id) => {
    const frame = frameOf(id.panel);
    const box = frame?.querySelector(".hover-box");
    const graph = frame?.querySelector(".js-plotly-plot");
    if (box && graph?.layout?.meta?.map) return window.mapPanel.hover(data, graph, box);
    const { values, x: position, only } = graph ? pointAt(data, graph, table) : {};
    if (!box || !values) return { display: "none" };
    const head = Object.assign(document.createElement("div"), { className: "hover-title num", textContent: window.asText(values[0], table.columns[0].kind) });
    const entries = table.columns.map((column, index) => [column, values[index]])
      .filter(([column, value], index) => index && value !== "" && (column.drawn !== "bucket" || index === only));
    box.replaceChildren(head, ...entries.map(([column, value]) => row(column, value)));
    const x = graph._fullLayout ? graph._fullLayout.xaxis.d2p(position) + graph._fullLayout.margin.l : 0;
    const width = frame.querySelector(".chart-place").clientWidth;
    return x > width / 2 ? { display: "block", right: `${width - x + 14}px`, left: "auto" } : { display: "block", left: `${x + 14}px`, right: "auto" };
  };

  const zoomStack = []; // query strings before each zoom, newest last
  const zoom = (change) => {
    const start = change?.["xaxis.range[0]"], end = change?.["xaxis.range[1]"];
    if (start && end && !change["xaxis.tickvals"]) {
      const utc = (text) => new Date(String(text).replace(" ", "T") + "Z");
      const first = utc(start), last = utc(end);
      if (last - first >= 60000) {
        const iso = (at) => at.toISOString().slice(0, 19) + "Z";
        zoomStack.push(location.search);
        window.pageView.go({ start: iso(first), end: iso(last), range: "" });
      }
    }
    return window.dash_clientside.no_update;
  };
  // Plotly swallows double clicks: two presses within 400 ms and 8 px count as one.
  let last = { at: 0, x: 0, y: 0 };
  addEventListener("pointerdown", (event) => {
    const twice = event.timeStamp - last.at < 400 && Math.hypot(event.clientX - last.x, event.clientY - last.y) < 8;
    last = { at: twice ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    const inside = document.elementsFromPoint(event.clientX, event.clientY).some((part) => part.closest(".chart-place"));
    if (twice && inside && zoomStack.length) window.pageView.show(zoomStack.pop());
  }, true);

  window.dash_clientside = Object.assign({}, window.dash_clientside, { chart: { draw, hover, zoom } });
})();
