// Draws results of connection tests as rows of bars and a histogram; values in, elements out.
window.connectionTestDrawings = (() => {
  const LEAST_MS = 0.1, GROWTH = 1.04, MOST_BARS = 36, SVG = "http://www.w3.org/2000/svg";
  const NAMES = { lookup: "Name look-up", tcp: "TCP", tls: "TLS", upgrade: "Upgrade", reply: "First reply", close: "Close" };
  const short = (value) => (Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en-US") : value.toPrecision(Math.abs(value) < 1 ? 2 : 3));
  const ms = (value) => (value >= 10000 ? `${(value / 1000).toFixed(1)}\u202fs` : `${short(value)}\u202fms`);
  const signed = (value) => (value > 0 ? "+" : value < 0 ? "\u2212" : "") + short(Math.abs(value));

  const bar = (start, length, total) => {
    const track = document.createElement("span"), fill = document.createElement("span");
    track.className = "test-track";
    fill.style.left = `${(100 * start) / total}%`;
    fill.style.width = `${Math.max(0.8, (100 * length) / total)}%`;
    track.append(fill);
    return track;
  };
  const row = (el, name, drawn, text) => el("div", { class: "test-row" }, el("span", { class: "clip", title: name }, name), drawn, el("span", { class: "num" }, text));

  const basic = (el, result) => {
    const stages = result.stages.map((each) => [each.stage === "close" && result.close_code ? `Close ${result.close_code}` : NAMES[each.stage], each.milliseconds]);
    const of = (title, parts) => {
      const total = Math.max(0.001, parts.reduce((sum, [, value]) => sum + value, 0));
      let at = 0;
      return parts.length ? [el("h3", {}, title), ...parts.map(([name, value]) => { at += value; return row(el, name, bar(at - value, value, total), ms(value)); })] : [];
    };
    const own = result.browser ? [["Handshake", result.browser.handshake], ["First reply", result.browser.reply], [`Close ${result.browser.close_code ?? ""}`, result.browser.close]].filter(([, value]) => value !== null && value !== undefined) : [];
    const days = result.certificate_days;
    return [...of("From this browser", own), ...of("From the server", stages),
      result.failed ? el("p", { class: "test-fault" }, `${NAMES[result.failed]}: ${result.reason}`) : "",
      days === null || days === undefined ? "" : el("p", { class: "test-foot" }, `Certificate: ${short(days)} days left`)].filter(Boolean);
  };

  const pool = (el, result) => {
    const most = Math.max(1, result.high ?? 0, ...result.workers.map((each) => each.connections));
    const files = result.workers.map((each) => (each.open_files === null || each.open_files === undefined ? null : `${each.open_files} of ${each.most_open_files.toLocaleString("en-US")}`)).filter(Boolean);
    const foot = [
      result.low === null || result.low === undefined ? "" : `Chance: ${result.low} to ${result.high} each would be fair${result.p === null || result.p === undefined ? "" : `, p = ${short(result.p)}`}`,
      files.length ? `Open files per worker: ${files.join("; ")}` : "",
      result.database_most ? `Database: ${result.database_open} connections open, ${result.database_busy} at work, of ${result.database_most}` : "",
      result.handshake?.n ? `Handshake p95 ${ms(result.handshake.p95)}, n = ${result.handshake.n}` : "",
    ];
    return [...result.workers.map((each) => row(el, `${each.worker} ${each.node}`, bar(0, each.connections, most), String(each.connections))),
      ...Object.entries(result.failed || {}).map(([reason, n]) => el("p", { class: "test-fault" }, `${n} failed: ${reason}`)),
      ...foot.filter(Boolean).map((text) => el("p", { class: "test-foot" }, text))];
  };

  const edge = (bucket) => LEAST_MS * GROWTH ** bucket;
  const bins = (histogram) => {
    const pairs = Object.entries(histogram).map(([bucket, n]) => [Number(bucket), n]).sort((a, b) => a[0] - b[0]);
    const first = pairs[0][0], last = pairs[pairs.length - 1][0], each = Math.ceil((last - first + 1) / MOST_BARS);
    const counts = Array.from({ length: Math.ceil((last - first + 1) / each) }, () => 0);
    for (const [bucket, n] of pairs) counts[Math.floor((bucket - first) / each)] += n;
    return { first, each, counts };
  };
  const node = (name, attributes, text = "") => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const histogram = (trips) => {
    const { first, each, counts } = bins(trips.histogram), width = 480, height = 150, top = 26, base = height - 20, most = Math.max(...counts);
    const step = width / counts.length, at = (value) => Math.min(width, Math.max(0, ((Math.log(value / LEAST_MS) / Math.log(GROWTH) - first) / each) * step));
    const drawing = node("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "test-histogram", "aria-label": `Round trips from ${ms(edge(first))} to ${ms(edge(first + each * counts.length))}, p50 ${ms(trips.p50)}, p95 ${ms(trips.p95)}, p99 ${ms(trips.p99)}, n = ${trips.n}` });
    drawing.append(node("line", { x1: 0, x2: width, y1: base, y2: base, class: "axis" }));
    counts.forEach((n, index) => {
      if (!n) return;
      const tall = Math.max(1.5, ((base - top) * n) / most), box = node("rect", { x: index * step + 0.5, y: base - tall, width: Math.max(1, step - 1), height: tall });
      box.append(node("title", {}, `${ms(edge(first + index * each))} to ${ms(edge(first + (index + 1) * each))}: ${n}`));
      drawing.append(box);
    });
    [["p50", trips.p50], ["p95", trips.p95], ["p99", trips.p99]].forEach(([name, value], index) => {
      const x = at(value), isRight = x > width - 30;
      drawing.append(node("line", { x1: x, x2: x, y1: 10 + 8 * index, y2: base, class: "mark" }), node("text", { x: isRight ? x - 3 : x + 3, y: 10 + 8 * index, "text-anchor": isRight ? "end" : "start" }, name));
    });
    [0, 0.5, 1].forEach((share) => drawing.append(node("text", { x: share * width, y: height - 5, "text-anchor": ["start", "middle", "end"][share * 2] }, ms(edge(first + share * each * counts.length)))));
    return drawing;
  };
  const echo = (el, result) => {
    const trips = result.round_trip, figure = (name, value, unit = "") => el("div", {}, el("span", { class: "faint" }, name), el("b", { class: "num" }, value), unit && el("span", { class: "faint" }, unit));
    const value = (each) => (each === null || each === undefined ? "–" : short(each));
    return [trips?.n ? histogram(trips) : el("p", { class: "state-words" }, "No message came back."),
      el("div", { class: "test-figures" }, figure("p50", value(trips?.p50), " ms"), figure("p95", value(trips?.p95), " ms"), figure("p99", value(trips?.p99), " ms"), figure("Jitter", value(result.jitter), " ms"), figure("Lost", String(result.lost), ` of ${result.sent}`), figure("Size", String(result.size), " B")),
      el("p", { class: "test-foot" }, `n = ${trips?.n || 0} round trips, ${short(result.rate)} a second, logarithmic ms`)];
  };

  const or = (value) => (value === undefined ? null : value);
  const figures = ({ basic: one, pool: many, echo: trips }) => {
    if (one) return { ...Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [`${name}, ms`, or(one.stages.find((each) => each.stage === key)?.milliseconds)])), "Browser handshake, ms": or(one.browser?.handshake), "Browser reply, ms": or(one.browser?.reply) };
    if (many) return { Opened: many.opened, Workers: many.workers.length, "Most on a worker": Math.max(0, ...many.workers.map((each) => each.connections)), p: or(many.p), "Handshake p95, ms": or(many.handshake?.p95), "Database connections": many.database_open };
    return { "p50, ms": or(trips.round_trip?.p50), "p95, ms": or(trips.round_trip?.p95), "p99, ms": or(trips.round_trip?.p99), "Jitter, ms": or(trips.jitter), Lost: trips.lost, Sent: trips.sent };
  };
  return { basic, pool, echo, figures, ms, short, signed };
})();
