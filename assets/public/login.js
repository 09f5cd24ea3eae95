// Shows and hides the password. Without scripts the button stays hidden and the form works.
(() => {
  const button = document.getElementById("show");
  const field = document.getElementById("password");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
})();
