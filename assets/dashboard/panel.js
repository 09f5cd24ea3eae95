// The "..." menu of a panel: values as a table or CSV, chart as PNG, explanation.
(() => {
  const frame = (button) => button.closest(".panel");
  const save = (name, href) => Object.assign(document.createElement("a"), { download: name, href }).click();
  const fileName = (panel, kind) => `${panel.dataset.panel}-${new Date().toISOString().slice(0, 16).replace(":", "")}.${kind}`;
  const values = (panel) => {
    const store = window.panelTables[panel.dataset.panel];
    return store || { columns: [], rows: [] };
  };

  const cell = (value, kind, zone) => {
    if (value === null || value === undefined) return "";
    if (kind === "time") return zone ? window.wallTime(new Date(value.replace(" ", "T") + "Z"), zone).replace("T", " ") : value.replace(" ", "T") + "Z";
    if (typeof value === "number") return String(value);
    const guarded = /^[=+\-@\t\r\n]/.test(value) ? "'" + value : value;
    return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  };
  const csv = (button, zone) => {
    const panel = frame(button), { columns, rows } = values(panel);
    const head = ({ key, kind }) => cell(zone && kind === "time" ? `${key} (${zone})` : key);
    const lines = [columns.map(head), ...rows.map((row) => row.map((value, index) => cell(value, columns[index].kind, zone)))];
    const blob = new Blob([lines.map((line) => line.join(",")).join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" });
    const address = URL.createObjectURL(blob);
    save(fileName(panel, "csv"), address);
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };

  const chartPicture = (panel, graph) => {
    const surface = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
    const { data, layout } = graph;
    const legend = layout.meta?.png || {}; // what the page says beside the chart
    const margin = { ...layout.margin, t: 44, ...legend.margin };
    const title = { text: panel.querySelector(".panel-title").textContent, x: 0, xanchor: "left", xref: "container", pad: { l: 16 }, y: 0.97, font: { size: 14, color: getComputedStyle(panel).color } };
    return window.Plotly.toImage(
      { data, layout: { ...layout, ...legend, margin, title, paper_bgcolor: surface, plot_bgcolor: surface } },
      { format: "png", width: graph.clientWidth, height: graph.clientHeight + 34, scale: 2 });
  };
  const png = async (button) => {
    const panel = frame(button), graph = panel.querySelector(".js-plotly-plot");
    save(fileName(panel, "png"), graph ? await chartPicture(panel, graph) : window.panelPicture(panel));
  };

  const element = (name, text, className) => Object.assign(document.createElement(name), { textContent: text ?? "", className: className || "" });
  const fill = (panel) => {
    const { columns, rows } = values(panel), table = element("table", "", "table-plain");
    const head = table.createTHead().insertRow(), body = table.createTBody();
    const cellClass = (column) => (["text", "time"].includes(column.kind) ? "" : "n");
    for (const column of columns) head.append(element("th", column.label, cellClass(column)));
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((value, index) => line.append(element("td", window.asText(value, columns[index].kind), cellClass(columns[index]))));
    }
    panel.querySelector(".panel-table").replaceChildren(table);
  };
  const table = (button) => {
    const panel = frame(button), isTable = panel.classList.toggle("shows-table");
    if (isTable) fill(panel);
    panel.querySelector(".panel-table").hidden = !isTable;
    button.textContent = isTable ? "Show as chart" : "Show as table";
  };
  const explain = (button) => {
    const text = frame(button).querySelector(".panel-explain");
    text.hidden = !text.hidden;
  };

  // The page's own links have its range and filters; the first is that with times for spreadsheets.
  const rowsOf = (dataset) => () => document.querySelector(`.downloads [data-rows="${dataset}"]`)?.click();

  window.panelTables = {};
  window.panelActs = {
    table, csv: (button) => csv(button), png, explain,
    "csv-local": (button) => csv(button, document.querySelector("[data-calendar]")?.dataset.zone || "UTC"),
    "rows-sessions": rowsOf("sessions"),
    "rows-client-reports": rowsOf("client-reports"),
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    panel: {
      keep(data, id) {
        window.panelTables[id.panel] = data;
        const panel = document.querySelector(`[data-panel="${id.panel}"].shows-table`);
        if (panel) fill(panel);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
