// The date picker, drawn into the empty container of the server's layout.
(() => {
  const make = (name, className, text, more = {}) => Object.assign(document.createElement(name), { className, textContent: text ?? "", ...more });
  const two = (number) => String(number).padStart(2, "0");
  const dayKey = (year, month, day) => `${year}-${two(month + 1)}-${two(day)}`;

  // The instant of a wall time in a zone: start from UTC and correct twice by the zone's offset.
  const instant = (wall, zone) => {
    const target = Date.parse(wall + "Z");
    let at = target;
    for (let round = 0; round < 2; round += 1) at += target - Date.parse(wallTime(new Date(at), zone) + "Z");
    return new Date(at);
  };
  const wallTime = (at, zone) => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    }).formatToParts(at).map((part) => [part.type, part.value]));
    return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
  };

  const calendar = (container) => {
    const zone = container.dataset.zone;
    const now = wallTime(new Date(), zone);
    const from = container.dataset.start ? wallTime(new Date(container.dataset.start), zone) : now.slice(0, 10) + "T00:00:00";
    const to = container.dataset.end ? wallTime(new Date(container.dataset.end), zone) : now;
    const state = { year: Number(to.slice(0, 4)), month: Number(to.slice(5, 7)) - 1, start: from.slice(0, 10), end: to.slice(0, 10), half: false };
    const field = (label, value) => {
      const input = make("input", "field", "", { type: "text", value, maxLength: 16, inputMode: "numeric" });
      input.setAttribute("aria-label", label);
      return input;
    };
    const first = field("From, as 2026-03-12 09:00", from.slice(0, 16).replace("T", " "));
    const last = field("Until, as 2026-03-12 09:00", to.slice(0, 16).replace("T", " "));
    const fault = make("p", "field-fault");
    const grid = make("div", "calendar-grid");
    const title = make("span", "calendar-title");

    const choose = (key) => {
      if (!state.half || key < state.start) { state.start = state.end = key; state.half = true; } else { state.end = key; state.half = false; }
      first.value = `${state.start} ${first.value.slice(11, 16) || "00:00"}`;
      if (!state.half && last.value.slice(11, 16) === "") last.value = `${state.end} 00:00`;
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
    apply.addEventListener("click", (event) => {
      const form = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)$/;
      const [a, b] = [first.value.trim(), last.value.trim()].map((text) => (form.test(text) ? instant(text.replace(" ", "T") + ":00", zone) : new Date(NaN)));
      if (!(a < b)) {
        event.stopPropagation();
        fault.textContent = "Give both as 2026-03-12 09:00, the first before the second.";
        return;
      }
      const iso = (at) => at.toISOString().slice(0, 19) + "Z";
      container.closest("details").open = false;
      window.pageView.go({ start: iso(a), end: iso(b), range: "" });
    });
    const head = make("div", "calendar-head");
    head.append(turn(-1, "left", "Month before"), title, turn(1, "right", "Month after"));
    const fields = make("div", "calendar-fields");
    fields.append(first, make("span", "", "to"), last);
    container.replaceChildren(head, grid, fields, fault, apply);
    paint();
  };

  document.addEventListener("toggle", (event) => {
    if (!event.target.open || !event.target.matches?.("details.menu")) return;
    const days = event.target.querySelector("[data-calendar]");
    if (days) calendar(days);
  }, true);
})();
