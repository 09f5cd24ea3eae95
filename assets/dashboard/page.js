// Page behaviour: theme, time zone, menus, copying, signing out, and failed requests.
(() => {
  const root = document.documentElement;
  // Until a page is laid out Dash has nothing to set; what it draws first is of the present state.
  const set = (id, props) => document.querySelector("main") && window.dash_clientside?.set_props?.(id, props);
  const base = document.documentElement.dataset.base || "";
  const here = () => encodeURIComponent(location.pathname + location.search);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    page: {
      zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      tick: (count, search) =>
        document.hidden || /[?&]start=/.test(search || "") || document.querySelector("details[open]")
          ? window.dash_clientside.no_update : count || 0,
      // Without an unacknowledged alert the count is that of the acknowledged ones, which fire still.
      ring: (firing) => {
        const { unacknowledged = 0, acknowledged = 0 } = firing || {};
        for (const badge of document.querySelectorAll(".firing-count")) {
          badge.textContent = unacknowledged || acknowledged || "";
          badge.hidden = !(unacknowledged || acknowledged);
          badge.classList.toggle("is-acknowledged", !unacknowledged);
        }
        const total = unacknowledged + acknowledged;
        const of = acknowledged ? `, ${acknowledged} acknowledged` : "";
        return total ? `Alerts: ${total} firing${of}` : "Alerts: none firing";
      },
      // A sheet closes when its button is pressed; with a fault in it, it opens again at that field.
      faulty: (faults) => {
        if (faults.some(Boolean)) setTimeout(() => {
          const told = [...document.querySelectorAll(".menu .field-fault")].find((place) => place.textContent);
          if (!told) return;
          told.closest("details").open = true;
          told.closest(".form-field").querySelector("input, textarea")?.focus();
        });
        return window.dash_clientside.no_update;
      },
    },
  });

  window.pageView = {
    show(search) { set("url", { search }); },
    go(changes) {
      const query = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value) query.set(name, value); else query.delete(name);
      }
      set("url", { search: "?" + query });
    },
  };

  const redraw = () => set("theme", { data: `${root.dataset.bsTheme} ${innerWidth}` });
  new MutationObserver(redraw).observe(root, { attributeFilter: ["data-bs-theme"] });
  let resizing = 0;
  addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(redraw, 150); });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !/[?&]start=/.test(location.search)) set("tick", { data: `visible ${Date.now()}` });
  });

  const switchTheme = () => {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    try { localStorage.setItem("theme", theme); } catch { /* storage may be forbidden */ }
  };

  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const visible = button.closest("details")?.querySelector("summary") || button;
    visible.classList.add("is-done");
    setTimeout(() => visible.classList.remove("is-done"), 1200);
  };

  const csrf = () => (document.cookie.match(/(?:^|; )_csrf_token=([^;]*)/) || [])[1] || "";
  const signOut = async () => {
    await fetch(base + "/logout", { method: "POST", headers: { "X-CSRFToken": csrf() }, redirect: "manual" });
    location.assign(base + "/login");
  };

  const acts = {
    link: (button) => copy(button.dataset.search ? location.origin + location.pathname + button.dataset.search : location.href, button),
    retry: () => document.querySelector("[data-retry]")?.click(),
    "sign-out": signOut,
  };

  const closeMenus = (except) => {
    for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(except)) open.open = false;
  };

  // A sheet that would leave the screen is moved back, or opens upwards where there is more room.
  const EDGE = 12;
  const keepOnScreen = (menu) => {
    const sheet = menu.querySelector(".sheet");
    if (!sheet) return;
    sheet.style.translate = "";
    const { left, right, top, bottom, height } = sheet.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.max(EDGE - left, Math.min(0, clientWidth - EDGE - right));
    const above = menu.getBoundingClientRect().top - 4 - height;
    const y = bottom > clientHeight && above >= 0 ? above - top : 0;
    if (x || y) sheet.style.translate = `${x}px ${y}px`;
  };
  // A list that comes later makes its sheet larger.
  const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => {
    const menu = target.closest("details.menu");
    if (menu?.open) keepOnScreen(menu);
  }));
  document.addEventListener("toggle", ({ target }) => {
    const sheet = target.matches?.("details.menu") && target.querySelector(".sheet");
    if (!sheet) return;
    if (target.open) { keepOnScreen(target); sizes.observe(sheet); } else sizes.unobserve(sheet);
  }, true);

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.closest("#theme-switch")) switchTheme();
    const copied = target.closest("[data-copy]");
    if (copied) copy(copied.dataset.copy, copied);
    const act = target.closest("[data-act]");
    if (act) (acts[act.dataset.act] || window.panelActs?.[act.dataset.act])?.(act);
    closeMenus(target);
    const entry = target.closest(".sheet a, .sheet button");
    if (entry && !entry.hasAttribute("data-stays")) entry.closest("details").open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("input", (event) => {
    const list = event.target.closest?.(".finder-text")?.closest(".choices");
    if (!list) return;
    const filter = event.target.value.toLowerCase();
    for (const entry of list.querySelectorAll(".entry")) {
      entry.hidden = !entry.textContent.toLowerCase().includes(filter);
    }
  });

  // Responses that no Dash callback sees: 401, 403, 503, or no response at all.
  const notice = (text, link) => {
    const container = document.getElementById("notice");
    if (!container) return;
    container.replaceChildren();
    if (!text) return;
    const box = Object.assign(document.createElement("div"), { className: "banner" });
    box.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (link) box.append(Object.assign(document.createElement("a"), { className: "button", textContent: "Sign in", href: link }));
    container.append(box);
    document.querySelectorAll(".panel.is-ready, .strip").forEach((part) => part.classList.add("is-stale"));
  };
  const originalFetch = window.fetch;
  window.fetch = async (...request) => {
    const path = String(request[0]?.url || request[0]);
    if (!path.includes("_dash-update-component")) return originalFetch(...request);
    let response;
    try {
      response = await originalFetch(...request);
    } catch (fault) {
      notice("The server does not answer. The figures below are not updating.");
      throw fault;
    }
    if (response.status === 401) notice("You were signed out. Sign in to return to this view.", base + "/login?next=" + here());
    else if (response.status === 503) notice("The database is unavailable. The figures below are not updating.");
    else if (response.status === 403) notice("You no longer have access to this view. Reload the page.");
    else if (response.ok) notice("");
    return response;
  };
})();
