// Names and roles of Dash's controls: a dropdown's button gets the name of its field and the keyboard
// focus; options, which are native radio buttons and checkboxes, are no longer announced as a list box.
(() => {
  const TARGET = ".dash-dropdown-focus-target", LIST = ".dash-options-list", OPTION = ".dash-options-list-option", BUTTON = ".dash-dropdown";
  const drop = (element, name) => element.hasAttribute(name) && element.removeAttribute(name);

  const nameButton = (button) => {
    const label = button.closest(".form-field")?.querySelector(".field-label");
    if (!label) return;
    label.id ||= `${button.id}-label`;
    const value = button.getAttribute("aria-labelledby") || button.id;
    if (!value.startsWith(label.id)) button.setAttribute("aria-labelledby", `${label.id} ${value}`);
  };
  const mend = (element) => {
    if (element.matches(LIST)) drop(element, "role");
    if (element.matches(OPTION)) { drop(element, "role"); drop(element, "aria-selected"); }
    if (element.matches(BUTTON)) nameButton(element); // Dash names it by its value, anew with each
    if (!element.matches(TARGET)) return;
    const button = element.nextElementSibling;
    if (element.tabIndex !== -1) element.tabIndex = -1;
    if (!button) return;
    if (!button.disabled && button.tabIndex !== 0) button.tabIndex = 0;
    nameButton(button);
  };
  const PARTS = `${TARGET}, ${LIST}, ${OPTION}`;
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") { mend(target); continue; }
      for (const node of addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        mend(node);
        node.querySelectorAll(PARTS).forEach(mend);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["role", "aria-selected", "aria-labelledby", "tabindex"] });
})();
