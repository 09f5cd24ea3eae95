// The finder of time zones: by city, country, offset, old and new name.
(() => {
  const MOST = 60;
  const make = (name, className, text, more = {}) => Object.assign(document.createElement(name), { className, textContent: text ?? "", ...more });
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s_/]+/g, " ").trim();

  // `UTC+05:30`, now; a zone that this browser does not know has none, the server knows it.
  const offsetOf = (zone) => {
    try {
      const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts();
      return parts.find((part) => part.type === "timeZoneName").value.replace("GMT", "UTC");
    } catch {
      return "";
    }
  };
  const minutesOf = (sign, hours, minutes) => (sign === "+" ? 1 : -1) * (Number(hours) * 60 + Number(minutes || 0));
  const read = ([name, countries, aliases]) => {
    const offset = offsetOf(name), parts = /([+-])(\d\d):(\d\d)/.exec(offset);
    return {
      name, countries, aliases, offset,
      minutes: parts ? minutesOf(...parts.slice(1)) : offset && 0,
      haystack: plain([name, ...countries, ...aliases].join(" ")),
    };
  };

  let loading;
  const load = () => {
    loading ??= fetch(`${document.documentElement.dataset.base || ""}/static/time-zones.json`).then((response) => response.json()).then((zones) => zones.map(read));
    loading.catch(() => { loading = undefined; });
    return loading;
  };

  // `+5:30`, `UTC-3` and `gmt +2` are offsets; without minutes any of that hour. All else is words.
  const matching = (zones, search) => {
    const offset = /^(?:utc|gmt)? ?([+\-\u2212]) ?(\d{1,2})(?::?(\d\d))?$/.exec(plain(search));
    if (offset) {
      const minutes = minutesOf(offset[1] === "+" ? "+" : "-", offset[2], offset[3]);
      return zones.filter((zone) => (offset[3] ? zone.minutes === minutes : Math.trunc(zone.minutes / 60) * 60 === minutes && zone.offset));
    }
    const words = plain(search).split(" ");
    const matches = zones.filter((zone) => words.every((word) => zone.haystack.includes(word)));
    return matches.sort((a, b) => distance(a, words) - distance(b, words));
  };
  // Whole words come before beginnings of words, and these before parts: India before Indiana.
  const distance = (zone, words) => {
    const parts = zone.haystack.split(" ");
    return Math.max(...words.map((word) => (parts.includes(word) ? 0 : parts.some((part) => part.startsWith(word)) ? 1 : 2)));
  };

  const entry = (zone, search, choose) => {
    const button = make("button", "entry entry-button zone-entry", "", { type: "button" });
    const alias = search && zone.aliases.find((name) => plain(name).includes(plain(search)) && !plain(zone.name).includes(plain(search)));
    const facts = [alias && `also ${alias}`, zone.countries[0], zone.offset].filter(Boolean).join(", ");
    button.append(make("span", "", zone.name), make("span", "faint zone-facts", facts));
    button.addEventListener("click", () => choose(zone.name));
    return button;
  };

  const draw = async (container) => {
    const search = make("input", "field finder-text", "", { type: "text", placeholder: "City, country, +5:30" });
    search.setAttribute("aria-label", "Find a time zone by city, country, offset or name");
    const list = make("div", "entries entries-long", "Loading\u2026");
    container.replaceChildren(search, list);
    search.focus();
    const choose = (name) => { container.closest("details").open = false; window.pageView.go({ tz: name }); };
    try {
      const zones = await load();
      const show = () => {
        const matches = matching(zones, search.value).slice(0, MOST);
        list.replaceChildren(...matches.map((zone) => entry(zone, search.value, choose)));
        if (!matches.length) list.replaceChildren(make("p", "faint zone-none", "No time zone has this city, country, offset or name."));
      };
      search.addEventListener("input", show);
      search.addEventListener("keydown", (event) => event.key === "Enter" && list.querySelector("button")?.click());
      show();
    } catch {
      list.replaceChildren(make("p", "faint zone-none", "The list could not be loaded. Close the menu and open it again."));
    }
  };

  document.addEventListener("toggle", (event) => {
    const container = event.target.open && event.target.matches?.("details.menu") && event.target.querySelector("[data-zones]");
    if (container) draw(container);
  }, true);
})();
