// The connection tests of the Testing page: runs them, draws what comes of them, compares two.
(() => {
  const ROUTE = "/api/ws/connection-tests", PROBES = "/api/ws/metrics/historical";
  const BROWSER_SECONDS = 10, NEWEST = 12;
  const KINDS = {
    basic: { title: "Connection", options: [], explain: "One connection by stages. From this browser, of our own endpoint: handshake, first reply, close; a browser reports no more. From the server: name look-up, TCP, TLS, upgrade, reply, close; of targets other than ours the reply is a pong." },
    pool: { title: "Pool", options: [["connections", "Connections", 2, 200, 40, ""]], explain: "Connections from the server to our own endpoint, held until every worker has counted them. A chi-squared test compares their shares with equal ones; under 5 a worker it says nothing." },
    echo: { title: "Echo", options: [["rate", "Rate", 0.5, 100, 10, "per s"], ["size", "Size", 40, 16384, 256, "B"], ["seconds", "Duration", 1, 120, 10, "s"]], explain: "Messages from the server at a rate. A round trip counts from when its message was due; jitter is the mean difference of one from the next; what is not back after two seconds is lost." },
  };
  const VERDICTS = { passed: ["Passed", "good"], failed: ["Failed", "bad"], cancelled: ["Cancelled", "unknown"] };
  let root = null, listed = null, running = {}, picked = [];

  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const csrf = () => (document.cookie.match(/(?:^|; )_csrf_token=([^;]*)/) || [])[1] || "";
  const part = (scope, name) => scope.querySelector(`[data-part="${name}"]`);
  const panelOf = (kind) => root.querySelector(`[data-test="${kind}"]`);
  const tag = (outcome) => { const [text, variant] = VERDICTS[outcome]; return el("span", { class: `tag tag-${variant}` }, text); };
  const clock = (at) => new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const targetOf = (name) => listed.targets.find((each) => each.name === name) || listed.targets[0];
  const selected = () => targetOf(root.querySelector("select")?.value);
  const draw = (kind, test) => window.connectionTestDrawings[kind](el, test[kind]);

  // The browser's own connection: three times, or the reason why there are none.
  const fromBrowser = (signal) => new Promise((resolve) => {
    const outcome = {}, text = crypto.randomUUID?.() || String(Math.random());
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/echo?app=probe`);
    let began = performance.now();
    const lap = () => { const now = performance.now(), ms = now - began; began = now; return ms; };
    const end = (reason = "") => { clearTimeout(timer); socket.onclose = null; socket.close(); resolve({ ...outcome, reason }); };
    const timer = setTimeout(() => end(socket.readyState === 0 ? "The handshake took longer than 10 s." : "No reply came within 10 s."), BROWSER_SECONDS * 1000);
    signal.addEventListener("abort", () => end("Cancelled."));
    socket.onopen = () => { outcome.handshake = lap(); socket.send(text); };
    socket.onmessage = ({ data }) => { if (data === text) { outcome.reply = lap(); socket.close(1000); } };
    socket.onclose = ({ code }) => {
      if (outcome.reply !== undefined) { outcome.close = lap(); outcome.close_code = code; end(); }
      else end(outcome.handshake === undefined ? "The handshake failed: a proxy that does not pass Upgrade on, an origin that is not allowed, or nothing listens." : `It was closed with ${code} before a reply.`);
    };
  });

  const lines = async function* (response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      for (const line of parts) yield JSON.parse(line);
    }
  };

  const say = (panel, ...content) => part(panel, "status").replaceChildren(...content);
  const show = (test, panel = panelOf(test.kind)) => {
    say(panel, tag(test.outcome), " ", test.sentence, " ", el("span", { class: "faint" }, `${test.target}, ${clock(test.started_at)}`));
    part(panel, "drawing").replaceChildren(...draw(test.kind, test));
  };
  const refusal = async (response) => {
    try { return (await response.json()).detail; } catch { return `The server answered ${response.status}.`; }
  };

  const run = async (kind) => {
    const controller = new AbortController(), panel = panelOf(kind), mine = listed, button = part(panel, "run");
    const body = { kind, target: selected().name };
    for (const input of panel.querySelectorAll("input")) {
      if (!input.reportValidity()) return;
      body[input.name] = Number(input.value);
    }
    running[kind] = controller;
    button.textContent = "Cancel";
    let test = null, last = null;
    const bar = el("progress", { max: 1, "aria-label": "Progress" });
    say(panel, bar, " connecting");
    try {
      if (kind === "basic" && selected().is_own) body.browser = await fromBrowser(controller.signal);
      controller.signal.throwIfAborted();
      const response = await fetch(ROUTE, { method: "POST", signal: controller.signal, body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() } });
      if (!response.ok) throw new Error(await refusal(response));
      for await (const line of lines(response)) {
        last = line;
        test = line.result || test;
        if (line.total) { bar.max = line.total; bar.value = line.done || 0; }
        say(panel, bar, ` ${line.total > 1 ? `${line.done || 0} of ${line.total}, ` : ""}${line.text || ""}`);
      }
      if (!test) throw new TypeError("ended");
      show(test, panel);
      mine.tests = [test, ...mine.tests];
      history();
    } catch (fault) {
      const before = last?.total > 1 ? ` after ${last.done || 0} of ${last.total}` : "";
      if (controller.signal.aborted) { say(panel, tag("cancelled"), ` Cancelled${before}.`); setTimeout(load, 1500); }
      else if (fault instanceof TypeError) say(panel, tag("failed"), ` This server is gone${before}: the test was cut off. Start it, or wait, and run again.`);
      else say(panel, tag("failed"), ` ${fault.message}`);
    } finally {
      if (running[kind] === controller) delete running[kind];
      button.textContent = "Run again";
    }
  };

  const option = (kind, [name, label, min, max, value, unit]) => el("label", { class: "test-option" }, label,
    el("input", { type: "number", name, min, max, value, step: name === "rate" ? "any" : 1, required: true, class: "field" }), unit && el("span", { class: "faint" }, unit));
  const panel = (kind) => {
    const { title, options, explain } = KINDS[kind];
    return el("section", { class: `panel test-panel test-${kind} is-ready`, "data-test": kind },
      el("header", { class: "panel-head" }, el("h2", { class: "panel-title" }, title), el("span", { class: "panel-unit" }),
        el("button", { type: "button", class: "button", "data-part": "run", onclick: () => (running[kind] ? running[kind].abort() : run(kind)) }, "Run")),
      options.length ? el("div", { class: "test-options" }, options.map((each) => option(kind, each))) : "",
      el("p", { class: "test-status", "data-part": "status", role: "status" }, "Not run yet."),
      el("div", { class: "test-drawing", "data-part": "drawing" }),
      el("details", { class: "test-explain" }, el("summary", {}, "How it is measured"), el("p", {}, explain)));
  };

  const build = () => {
    const select = el("select", { id: "test-target", class: "field", onchange: retarget }, listed.targets.map((each) => el("option", { value: each.name }, each.is_own ? "Our own endpoint" : each.name)));
    root.replaceChildren(
      el("div", { class: "test-bar" }, el("label", { for: "test-target" }, "Target"), select,
        el("code", { "data-part": "address" }), el("span", { class: "test-probe", "data-part": "probe" }),
        el("a", { href: `${ROUTE}?format=csv`, class: "link", download: "connection-tests.csv" }, "Tests as CSV")),
      el("div", { class: "panels" }, Object.keys(KINDS).map(panel),
        el("section", { class: "panel panel-full panel-natural is-ready test-history" },
          el("header", { class: "panel-head" }, el("h2", { class: "panel-title" }, "Connection tests"), el("span", { class: "panel-unit" }, "select two of a kind to compare")),
          el("div", { class: "table-scroll", "data-part": "history" }), el("div", { "data-part": "comparison", role: "status" }))));
    for (const kind of Object.keys(KINDS)) {
      const newest = listed.tests.find((test) => test.kind === kind);
      if (newest) show(newest);
    }
    retarget();
    history();
  };

  const retarget = () => {
    const target = selected();
    part(root, "address").textContent = target.url;
    for (const kind of Object.keys(KINDS)) {
      const button = part(panelOf(kind), "run"), isOdd = kind === "pool" && !target.is_own;
      button.disabled = !listed.may_run || isOdd;
      button.title = !listed.may_run ? "Only admins run tests." : isOdd ? "Only the workers of our own endpoint are known." : "";
    }
    probes(target);
  };

  // What the probes of the last day say of the target.
  const probes = async (target) => {
    const place = part(root, "probe"), query = new URLSearchParams({ app: "probe", page: target.name, series: "client_connect_success,client_latency_p95_ms" });
    const response = await fetch(`${PROBES}?${query}`).catch(() => null);
    if (!response?.ok || selected() !== target) return;
    const { series } = await response.json();
    const ups = series.client_connect_success.filter(([, value]) => value !== null);
    const trips = series.client_latency_p95_ms.filter(([, value]) => value !== null);
    if (!ups.length) { place.textContent = "No probe yet: the scheduler makes one every minute."; return; }
    const [at, up] = ups[ups.length - 1], share = ups.reduce((sum, [, value]) => sum + value, 0) / ups.length;
    const trip = up && trips.length ? `, ${window.connectionTestDrawings.ms(trips[trips.length - 1][1])}` : "";
    place.replaceChildren(`Last probe ${clock(at)}, ${up ? "up" : "down"}${trip} · up ${(share * 100).toFixed(share === 1 ? 0 : 2)} % of the last 24 h · `,
      el("a", { class: "link", href: `/admin/websocket-analytics/history?${query}` }, "History"));
  };

  const pick = (test) => {
    picked = picked.includes(test.id) ? picked.filter((id) => id !== test.id) : [...picked.filter((id) => listed.tests.find((each) => each.id === id)?.kind === test.kind), test.id].slice(-2);
    history();
  };
  const history = () => {
    if (!root || !listed) return;
    const place = part(root, "history"), tests = listed.tests.slice(0, NEWEST);
    if (!tests.length) { place.replaceChildren(el("p", { class: "state-words" }, "No connection test yet. Run one above; its result is kept here.")); return; }
    const row = (test) => el("tr", { class: picked.includes(test.id) ? "is-selected" : "", "data-id": test.id },
      el("td", {}, el("input", { type: "checkbox", checked: picked.includes(test.id), "aria-label": `Compare the ${KINDS[test.kind].title} test of ${clock(test.started_at)}`, onchange: () => pick(test) })),
      el("td", { class: "num" }, clock(test.started_at)), el("td", {}, KINDS[test.kind].title), el("td", { class: "is-wide clip" }, test.target),
      el("td", {}, tag(test.outcome)), el("td", { class: "test-sentence" }, el("button", { type: "button", class: "link", onclick: () => show(test) }, test.sentence)), el("td", { class: "is-wide clip" }, test.started_by));
    place.replaceChildren(el("table", { class: "table-plain" },
      el("thead", {}, el("tr", {}, ["", "Time", "Test", "Target", "Result", "", "By"].map((name, index) => el("th", { class: [3, 6].includes(index) ? "is-wide" : "" }, name)))), el("tbody", {}, tests.map(row))));
    compare();
  };
  const compare = () => {
    const pair = listed.tests.filter((test) => picked.includes(test.id)), place = part(root, "comparison");
    if (pair.length < 2) { place.replaceChildren(); return; }
    const [now, before] = pair, figures = window.connectionTestDrawings.figures;
    const [own, other] = [figures(now), figures(before)];
    const rows = Object.keys(own).filter((name) => own[name] !== null || other[name] !== null).map((name) => {
      const change = own[name] === null || other[name] === null ? "–" : window.connectionTestDrawings.signed(own[name] - other[name]);
      return el("tr", {}, el("td", {}, name), ...[other[name], own[name]].map((value) => el("td", { class: "n num" }, value === null ? "–" : window.connectionTestDrawings.short(value))), el("td", { class: "n num" }, change));
    });
    place.replaceChildren(el("table", { class: "table-plain test-comparison" },
      el("thead", {}, el("tr", {}, el("th", {}, KINDS[now.kind].title), ...[clock(before.started_at), clock(now.started_at), "Change"].map((name) => el("th", { class: "n" }, name)))), el("tbody", {}, rows)));
  };

  const load = async () => {
    const mine = root, response = await fetch(ROUTE).catch(() => null);
    if (!mine || root !== mine) return;
    if (!response?.ok) { if (!listed) mine.replaceChildren(el("p", { class: "state-words", role: "alert" }, "The connection tests could not be read: the server does not answer. "), el("button", { type: "button", class: "button", onclick: load }, "Try again")); return; }
    const isFirst = !listed;
    listed = await response.json();
    if (isFirst) build(); else history();
  };
  const follow = () => {
    const now = document.getElementById("connection-tests");
    if (now === root) return;
    for (const controller of Object.values(running)) controller.abort();
    [root, listed, running, picked] = [now, null, {}, []];
    if (root) load();
  };
  setInterval(follow, 250);
})();
