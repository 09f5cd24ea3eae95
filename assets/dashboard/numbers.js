// Numbers and times as people read them, by the same rules as dashboard/numbers.py.
window.asText = (() => {
  const thin = "\u202f";
  const grouped = (value, decimals = 0) =>
    value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const figures = (value) => {
    const size = Math.abs(value);
    return grouped(value, size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  };
  const kinds = {
    count: (value) => (Math.abs(value) >= 1e6 ? `${figures(value / 1e6)}${thin}M` : grouped(Math.round(value))),
    ms: (value) => (value >= 10000 ? `${figures(value / 1000)}${thin}s` : `${value < 10 ? figures(value) : grouped(Math.round(value))}${thin}ms`),
    share: (value) => `${(value * 100).toFixed(1)}${thin}%`,
    number: (value) => figures(value),
    bytes: (value) => {
      const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)));
      return `${figures(value / 1000 ** power)}${thin}${["B", "kB", "MB", "GB", "TB"][power]}`;
    },
    text: (value) => String(value),
  };
  const zone = () => {
    const asked = new URLSearchParams(location.search).get("tz");
    try { new Intl.DateTimeFormat("en", { timeZone: asked || undefined }); } catch { return undefined; }
    return asked || undefined;
  };
  const time = (utc) => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
      timeZone: zone(), weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    }).formatToParts(new Date(utc.replace(" ", "T") + "Z")).map((part) => [part.type, part.value]));
    return `${parts.weekday} ${parts.day} ${parts.month} ${parts.hour}:${parts.minute}`;
  };
  return (value, kind) => {
    if (value === null || value === undefined || value === "") return "\u2013";
    return kind === "time" ? time(value) : kinds[kind](value).replace("-", "\u2212");
  };
})();
