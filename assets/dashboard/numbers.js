// Numbers and times as people read them, by the same rules as dashboard/core/numbers.py.
window.asText = (() => {
  const thin = "\u202f";
  // Half-even and without a minus before zero, as Python rounds.
  const grouped = (value, decimals = 0) => value.toLocaleString("en-US", {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, roundingMode: "halfEven", signDisplay: "negative",
  });
  const figures = (value) => {
    const size = Math.abs(value);
    return grouped(value, size >= 99.95 || value === 0 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
  };
  const duration = (ms) => {
    if (ms < 10000) return [ms < 10 ? figures(ms) : grouped(ms), "ms"];
    if (ms < 600000) return [figures(ms / 1000), "s"];
    return ms < 36000000 ? [figures(ms / 60000), "min"] : [figures(ms / 3600000), "h"];
  };
  const percent = (value) => {
    if (value > 0 && value < 0.005) return "<0.01";
    if (value >= 99.995 && value < 100) return ">99.99";
    return grouped(value, (value > 0 && value < 0.1) || (value > 99.9 && value < 100) ? 2 : 1);
  };
  const kinds = {
    count: (value) => (Math.abs(value) >= 1e6 ? `${figures(value / 1e6)}${thin}M` : grouped(value)),
    ms: (value) => duration(value).join(thin),
    share: (value) => `${percent(value * 100)}${thin}%`,
    number: (value) => figures(value),
    seconds: (value) => `${figures(value)}${thin}s`,
    bytes: (value) => {
      const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)));
      return `${figures(value / 1000 ** power)}${thin}${["B", "kB", "MB", "GB", "TB"][power]}`;
    },
    p: (value) => (value < 0.001 ? "< 0.001" : grouped(value, 3)),
  };
  const zone = () => {
    const asked = new URLSearchParams(location.search).get("tz");
    try { new Intl.DateTimeFormat("en", { timeZone: asked || undefined }); } catch { return undefined; }
    return asked || undefined;
  };
  const time = (utc) => {
    const partsOf = (at) => Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
      timeZone: zone(), weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    }).formatToParts(at).map((part) => [part.type, part.value]));
    const parts = partsOf(new Date(utc.replace(" ", "T") + "Z"));
    const year = parts.year === partsOf(new Date()).year ? "" : ` ${parts.year}`;
    return `${parts.weekday} ${parts.day} ${parts.month}${year} ${parts.hour}:${parts.minute}`;
  };
  return (value, kind) => {
    if (value === null || value === undefined || value === "") return "\u2013";
    if (kind === "text") return String(value);
    return kind === "time" ? time(value) : kinds[kind](value).replace("-", "\u2212");
  };
})();
