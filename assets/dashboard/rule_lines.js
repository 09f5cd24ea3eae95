// The two lines of a rule, moved by hand over its history: what is drawn follows the fields, the
// fields follow the pointer and the arrow keys. Plotly's own editable shapes move sideways as well.
(() => {
  const THIN = "\u202f";
  const WAIT = 500; // ms after the last key until the field follows
  const STILL = 3; // px a press may tremble without moving anything
  const OTHER = { fire: "clear", clear: "fire" };
  const OF_KEY = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
  let drawn = null; // the lines, the axis and its limits as the server drew them last
  let texts = {}; // of both fields
  let moving = null; // the line that is being moved, not yet in its field
  let waiting = 0;

  const place = () => document.getElementById("rule-lines");
  const clean = (value) => Number(value.toPrecision(12));
  const number = (text) => (String(text ?? "").trim() === "" ? NaN : Number(text));
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  const nice = (least) => {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].find((one) => one * power >= least * 0.999) * power;
  };
  const ends = () => [Math.max(drawn.low, drawn.least ?? -Infinity), Math.min(drawn.high, drawn.most ?? Infinity)];
  const isBlank = () => String(texts.clear ?? "").trim() === "";

  const now = () => {
    const typed = (name) => (Number.isFinite(number(texts[name])) ? number(texts[name]) : drawn[name]);
    const found = { fire: typed("fire"), clear: typed("clear") };
    if (moving) found[moving.name] = moving.value;
    if (isBlank() && moving?.name !== "clear") found.clear = found.fire;
    return found;
  };

  // A line stops at the other one: clearing beyond firing would be no rule.
  const move = (name, wanted, step) => {
    const [least, most] = ends();
    const whole = within(Math.round(wanted / step), Math.ceil(least / step), Math.floor(most / step));
    const value = clean(whole * step);
    const follows = name === "fire" && isBlank();
    const other = now()[OTHER[name]];
    const stop = (name === "fire") === drawn.above ? Math.max : Math.min;
    const held = follows ? value : stop(value, other);
    moving = { ...moving, name, value: held, held: held !== value };
    show();
  };

  const keep = () => {
    clearTimeout(waiting);
    if (!moving) return;
    const { name, value } = moving, before = now();
    moving = null;
    const text = String(clean(value));
    if (clean(now()[name]) !== clean(before[name])) {
      texts = { ...texts, [name]: text };
      window.dash_clientside.set_props({ type: "alerts-field", form: "rule", name }, { value: text });
    }
    show();
  };
  const leave = () => { clearTimeout(waiting); moving = null; show(); };

  const wordsOf = (name, value) => {
    const figure = value.toLocaleString("en-US", { maximumFractionDigits: 12 }).replace("-", "\u2212");
    return `${drawn.words[name]} ${figure}${drawn.unit ? THIN + drawn.unit : ""}`;
  };
  const heldWords = (name) => ` · may not pass the line that ${OTHER[name]}s`;

  const paint = (line, value) => {
    const name = line.dataset.limit, own = moving?.name === name, [least, most] = ends();
    const words = wordsOf(name, value) + (own && moving.held ? heldWords(name) : "");
    line.style.top = `${within((drawn.high - value) / (drawn.high - drawn.low), 0, 1) * 100}%`;
    line.classList.toggle("is-moved", own || clean(value) !== clean(drawn[name]));
    line.classList.toggle("is-held", Boolean(own && moving.held));
    line.firstElementChild.textContent = words;
    for (const [key, told] of Object.entries({ now: value, min: least, max: most, text: words })) {
      line.setAttribute(`aria-value${key}`, told);
    }
  };
  const show = () => {
    const frame = place();
    if (!frame) return;
    frame.classList.toggle("is-placed", Boolean(drawn));
    if (!drawn) return;
    const values = now();
    for (const line of frame.querySelectorAll(".rule-line")) paint(line, values[line.dataset.limit]);
  };

  // Where both lines can be meant the nearer one is; of two at one place that which fires, but for
  // the grip of the other.
  const lineAt = (event) => {
    const pressed = event.target.closest?.(".rule-line");
    if (!pressed || event.target.closest(".rule-grip")) return pressed;
    const far = (line) => { const box = line.getBoundingClientRect(); return Math.abs(box.top + box.height / 2 - event.clientY); };
    return [...pressed.parentElement.querySelectorAll(".rule-line")].reduce((best, line) => (far(line) < far(best) ? line : best));
  };
  const height = () => place().getBoundingClientRect().height;
  const valueAt = (y) => drawn.high - ((y - place().getBoundingClientRect().top) / height()) * (drawn.high - drawn.low);

  document.addEventListener("pointerdown", (event) => {
    const line = event.button === 0 && drawn ? lineAt(event) : null;
    if (!line) return;
    event.preventDefault();
    keep();
    const name = line.dataset.limit, value = now()[name];
    line.focus({ preventScroll: true });
    line.setPointerCapture(event.pointerId);
    moving = { name, value, pointer: event.pointerId, pressed: event.clientY, from: valueAt(event.clientY) - value };
    show();
  });
  document.addEventListener("pointermove", (event) => {
    if (!moving || moving.pointer !== event.pointerId) return;
    if (Math.abs(event.clientY - moving.pressed) < STILL) return;
    moving.pressed = NaN;
    move(moving.name, valueAt(event.clientY) - moving.from, nice((drawn.high - drawn.low) / height()));
  });
  document.addEventListener("pointerup", (event) => { if (moving?.pointer === event.pointerId) keep(); });
  document.addEventListener("pointercancel", (event) => { if (moving?.pointer === event.pointerId) leave(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moving) leave();
    const line = event.target.closest?.(".rule-line"), by = OF_KEY[event.key];
    if (!line || !drawn || by === undefined || moving?.pointer !== undefined) return;
    event.preventDefault();
    const name = line.dataset.limit, step = nice((drawn.high - drawn.low) / 100);
    const wanted = Number.isFinite(by) ? now()[name] + by * step : ends()[by > 0 ? 1 : 0];
    move(name, wanted, step);
    clearTimeout(waiting);
    waiting = setTimeout(keep, WAIT);
  });
  document.addEventListener("focusout", (event) => { if (event.target.closest?.(".rule-line") && moving?.pointer === undefined) keep(); });

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
