// The date picker and the fields for a typed range, drawn into the empty container of the server's
// layout. The server reads what is typed.
(() => {
  const make = (name, className, text, more = {}) => Object.assign(document.createElement(name), { className, textContent: text ?? "", ...more });
  const two = (number) => String(number).padStart(2, "0");
  const dayKey = (year, month, day) => `${year}-${two(month + 1)}-${two(day)}`;

  const wallTime = (at, zone) => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    }).formatToParts(at).map((part) => [part.type, part.value]));
    return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
  };

  window.wallTime = wallTime;

  const calendar = (container) => {
    const zone = container.dataset.zone;
    const now = wallTime(new Date(), zone);
    const from = container.dataset.start ? wallTime(new Date(container.dataset.start), zone) : now.slice(0, 10) + "T00:00:00";
    const to = container.dataset.end ? wallTime(new Date(container.dataset.end), zone) : now;
    const state = { year: Number(to.slice(0, 4)), month: Number(to.slice(5, 7)) - 1, start: from.slice(0, 10), end: to.slice(0, 10), half: false };
    const field = (name, value, send, hint = "") => {
      const label = make("label", "calendar-field"), input = make("input", "field", "", { type: "text", value, maxLength: 80, placeholder: hint, autocomplete: "off", spellcheck: false });
      input.addEventListener("keydown", (event) => event.key === "Enter" && send());
      label.append(make("span", "", name), input);
      return [label, input];
    };
    const ask = (request) => window.dash_clientside.set_props("typed-range", { data: { ...request, zone, at: Date.now() } });
    const sendText = () => ask({ text: typed.value });
    const sendEnds = () => ask({ from: first.value, to: last.value });
    const [typedLabel, typed] = field("Range", "", sendText, "yesterday, 3h, 18 Nov 14:00 to 16:00");
    const [firstLabel, first] = field("From", from.slice(0, 16).replace("T", " "), sendEnds);
    const [lastLabel, last] = field("To", to.slice(0, 16).replace("T", " "), sendEnds);
    const fault = make("p", "field-fault");
    fault.setAttribute("role", "alert");
    const grid = make("div", "calendar-grid");
    const title = make("span", "calendar-title");

    const choose = (key) => {
      if (!state.half || key < state.start) { state.start = state.end = key; state.half = true; } else { state.end = key; state.half = false; }
      const next = new Date(Date.parse(state.end + "T00:00Z") + 86400000).toISOString().slice(0, 10);
      first.value = `${state.start} 00:00`;
      last.value = `${next} 00:00`;
      paint();
    };
    const paint = () => {
      const names = new Date(Date.UTC(state.year, state.month, 1));
      title.textContent = names.toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
      const lead = (names.getUTCDay() + 6) % 7, days = new Date(Date.UTC(state.year, state.month + 1, 0)).getUTCDate();
      grid.replaceChildren(...["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].map((name) => make("span", "calendar-name", name)));
      for (let blank = 0; blank < lead; blank += 1) grid.append(make("span"));
      for (let day = 1; day <= days; day += 1) {
        const key = dayKey(state.year, state.month, day);
        const inside = key >= state.start && key <= state.end;
        const button = make("button", "calendar-day" + (inside ? " is-inside" : "") + (key === state.start || key === state.end ? " is-end" : ""), String(day), { type: "button", disabled: key > now.slice(0, 10) });
        button.setAttribute("data-stays", "");
        button.setAttribute("aria-label", new Date(key).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }));
        button.addEventListener("click", (event) => { event.stopPropagation(); choose(key); });
        grid.append(button);
      }
    };
    const turn = (by, icon, label) => {
      const button = make("button", "icon-button", "", { type: "button" });
      button.append(make("span", `icon icon-${icon}`));
      button.setAttribute("aria-label", label);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        const moved = new Date(Date.UTC(state.year, state.month + by, 1));
        state.year = moved.getUTCFullYear();
        state.month = moved.getUTCMonth();
        paint();
      });
      return button;
    };
    const apply = make("button", "button button-primary", "Show this range", { type: "button" });
    apply.setAttribute("data-stays", "");
    apply.addEventListener("click", sendEnds);
    const head = make("div", "calendar-head");
    head.append(turn(-1, "left", "Month before"), title, turn(1, "right", "Month after"));
    const fields = make("div", "calendar-fields");
    fields.append(firstLabel, lastLabel);
    container.replaceChildren(typedLabel, head, grid, fields, fault, apply);
    paint();
  };

  document.addEventListener("toggle", (event) => {
    if (!event.target.open || !event.target.matches?.("details.menu")) return;
    const days = event.target.querySelector("[data-calendar]");
    if (days) calendar(days);
  }, true);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    calendar: {
      apply(result) {
        const menu = document.querySelector("details.menu-range[open]"), fault = menu?.querySelector(".field-fault");
        if (fault) fault.textContent = result.fault || "";
        if (!result.fault) {
          if (menu) menu.open = false;
          window.pageView.go(result);
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
