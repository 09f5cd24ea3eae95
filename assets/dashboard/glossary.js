// The line of the glossary behind a label, on hover and focus; and the finder of the glossary's page.
(() => {
  const LABELS = ".card-label, .panel-title, .legend-entry, .field-label, th, .sheet-title, dt";
  let loading;
  const lines = () => {
    loading ??= fetch(`${document.documentElement.dataset.base || ""}/admin/glossary.json`)
      .then((response) => (response.ok ? response.json() : {})).catch(() => ({}));
    return loading;
  };

  // The line of a label: of its own words, else of the longest term among them.
  const lineOf = (label, terms) => {
    const text = label.toLowerCase().trim();
    const forms = [text, text.replace(/ (p\d+|median)$/, ""), text.replace(/s$/, "")];
    const exact = forms.find((form) => Object.hasOwn(terms, form));
    if (exact) return terms[exact];
    const within = Object.keys(terms).filter((term) => term.length > 4 && new RegExp(`(^|\\W)${escaped(term)}s?(\\W|$)`).test(text));
    return terms[within.sort((a, b) => b.length - a.length)[0]];
  };
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  const explain = async ({ target }) => {
    const label = target.closest?.(LABELS);
    if (!label || label.title || label.dataset.looked) return;
    label.dataset.looked = "true";
    const line = lineOf(label.textContent, await lines());
    if (line) label.title = line;
  };
  document.addEventListener("pointerover", explain);
  document.addEventListener("focusin", explain);

  document.addEventListener("input", ({ target }) => {
    if (target.id !== "glossary-find") return;
    const sought = target.value.toLowerCase();
    for (const row of document.querySelectorAll(".glossary-table tbody tr")) {
      row.hidden = !row.textContent.toLowerCase().includes(sought);
    }
  });
})();
