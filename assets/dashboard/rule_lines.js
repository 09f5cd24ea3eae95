// The two threshold lines of a rule, dragged over the chart of its history: lines follow the form's
// fields, fields follow the pointer and the arrow keys. Plotly's own editable shapes move sideways
// as well.
(() => {
  const THIN = "\u202f";
  const KEY_DELAY = 500; // ms after the last key until the field follows
  const DRAG_THRESHOLD = 3; // px a press may move before it is a drag
  const OTHER = { fire: "clear", clear: "fire" };
  const OTHER_LABEL = { fire: "clear threshold", clear: "firing threshold" };
  const OF_KEY = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
  let drawn = null; // the lines, the axis and its limits as the server drew them last
  let texts = {}; // of both fields
  let moving = null; // the line that is being moved, its value not yet in its field
  let keyTimer = 0;

  const container = () => document.getElementById("rule-lines");
  const rounded = (value) => Number(value.toPrecision(12)); // without the error of binary fractions
  const number = (text) => (String(text ?? "").trim() === "" ? NaN : Number(text));
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const niceStep = (least) => {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].find((factor) => factor * power >= least * 0.999) * power;
  };
  const bounds = () => [Math.max(drawn.low, drawn.least ?? -Infinity), Math.min(drawn.high, drawn.most ?? Infinity)];
  const isClearBlank = () => String(texts.clear ?? "").trim() === "";

  const currentValues = () => {
    const typed = (name) => (Number.isFinite(number(texts[name])) ? number(texts[name]) : drawn[name]);
    const values = { fire: typed("fire"), clear: typed("clear") };
    if (moving) values[moving.name] = moving.value;
    if (isClearBlank() && moving?.name !== "clear") values.clear = values.fire;
    return values;
  };

  // A line stops at the other one: a rule that clears beyond its firing threshold is invalid.
  const move = (name, target, step) => {
    const [least, most] = bounds();
    const steps = clamp(Math.round(target / step), Math.ceil(least / step), Math.floor(most / step));
    const value = rounded(steps * step);
    const follows = name === "fire" && isClearBlank();
    const other = currentValues()[OTHER[name]];
    const stop = (name === "fire") === drawn.above ? Math.max : Math.min;
    const allowed = follows ? value : stop(value, other);
    moving = { ...moving, name, value: allowed, isStopped: allowed !== value };
    show();
  };

  const commit = () => {
    clearTimeout(keyTimer);
    if (!moving) return;
    const { name, value } = moving, before = currentValues();
    moving = null;
    const text = String(rounded(value));
    if (rounded(currentValues()[name]) !== rounded(before[name])) {
      texts = { ...texts, [name]: text };
      window.dash_clientside.set_props({ type: "alerts-field", form: "rule", name }, { value: text });
    }
    show();
  };
  const cancel = () => { clearTimeout(keyTimer); moving = null; show(); };

  const labelOf = (name, value) => {
    const figure = value.toLocaleString("en-US", { maximumFractionDigits: 12 }).replace("-", "\u2212");
    return `${drawn.labels[name]} ${figure}${drawn.unit ? THIN + drawn.unit : ""}`;
  };
  const stoppedText = (name) => ` · cannot pass the ${OTHER_LABEL[name]}`;

  const paint = (line, value) => {
    const name = line.dataset.limit, own = moving?.name === name, [least, most] = bounds();
    const label = labelOf(name, value) + (own && moving.isStopped ? stoppedText(name) : "");
    line.style.top = `${clamp((drawn.high - value) / (drawn.high - drawn.low), 0, 1) * 100}%`;
    line.classList.toggle("is-moved", own || rounded(value) !== rounded(drawn[name]));
    line.classList.toggle("is-stopped", Boolean(own && moving.isStopped));
    line.firstElementChild.textContent = label;
    for (const [key, attribute] of Object.entries({ now: value, min: least, max: most, text: label })) {
      line.setAttribute(`aria-value${key}`, attribute);
    }
  };
  const show = () => {
    const frame = container();
    if (!frame) return;
    frame.classList.toggle("is-placed", Boolean(drawn));
    if (!drawn) return;
    const values = currentValues();
    for (const line of frame.querySelectorAll(".rule-line")) paint(line, values[line.dataset.limit]);
  };

  // A press between overlapping lines takes the nearer one; at equal distance the firing line, unless
  // the press is on the grip of the other.
  const lineAt = (event) => {
    const pressed = event.target.closest?.(".rule-line");
    if (!pressed || event.target.closest(".rule-grip")) return pressed;
    const distance = (line) => { const box = line.getBoundingClientRect(); return Math.abs(box.top + box.height / 2 - event.clientY); };
    return [...pressed.parentElement.querySelectorAll(".rule-line")].reduce((best, line) => (distance(line) < distance(best) ? line : best));
  };
  const height = () => container().getBoundingClientRect().height;
  const valueAt = (y) => drawn.high - ((y - container().getBoundingClientRect().top) / height()) * (drawn.high - drawn.low);

  document.addEventListener("pointerdown", (event) => {
    const line = event.button === 0 && drawn ? lineAt(event) : null;
    if (!line) return;
    event.preventDefault();
    commit();
    const name = line.dataset.limit, value = currentValues()[name];
    line.focus({ preventScroll: true });
    line.setPointerCapture(event.pointerId);
    moving = { name, value, pointer: event.pointerId, pressed: event.clientY, from: valueAt(event.clientY) - value };
    show();
  });
  document.addEventListener("pointermove", (event) => {
    if (!moving || moving.pointer !== event.pointerId) return;
    if (Math.abs(event.clientY - moving.pressed) < DRAG_THRESHOLD) return;
    moving.pressed = NaN;
    move(moving.name, valueAt(event.clientY) - moving.from, niceStep((drawn.high - drawn.low) / height()));
  });
  document.addEventListener("pointerup", (event) => { if (moving?.pointer === event.pointerId) commit(); });
  document.addEventListener("pointercancel", (event) => { if (moving?.pointer === event.pointerId) cancel(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moving) cancel();
    const line = event.target.closest?.(".rule-line"), by = OF_KEY[event.key];
    if (!line || !drawn || by === undefined || moving?.pointer !== undefined) return;
    event.preventDefault();
    const name = line.dataset.limit, step = niceStep((drawn.high - drawn.low) / 100);
    const target = Number.isFinite(by) ? currentValues()[name] + by * step : bounds()[by > 0 ? 1 : 0];
    move(name, target, step);
    clearTimeout(keyTimer);
    keyTimer = setTimeout(commit, KEY_DELAY);
  });
  document.addEventListener("focusout", (event) => { if (event.target.closest?.(".rule-line") && moving?.pointer === undefined) commit(); });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    ruleLines: {
      show(drawing, fire, clear) {
        drawn = drawing?.figure.layout.meta.limits ?? null;
        texts = { fire, clear };
        show();
        return window.dash_clientside.no_update;
      },
    },
  });
})();
