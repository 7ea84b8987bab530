/* The frame of every page: dialogs, palette, menus, the side sheet, keys. No eval, no inline handlers. */
(function () {
  "use strict";
  var root = document.documentElement, body = document.body;
  function typing(target) { return target.closest && target.closest("input, textarea, select, [contenteditable]"); }
  function openDialog() { return document.querySelector("dialog[open]"); }

  /* the theme button offers the other one of what is seen, also when the system chose it */
  var theme = document.querySelector("[data-theme-switch]");
  if (theme) { theme.value = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark"; }

  /* dialogs: focus starts where data-focus says, on the harmless button */
  function open(dialog) {
    if (!dialog || dialog.open) { return; }
    dialog.showModal();
    var first = dialog.querySelector("[data-focus]");
    if (first) { first.focus(); }
    if (dialog.id === "palette") { showPalette(dialog); }
  }
  document.addEventListener("click", function (event) {
    var opens = event.target.closest("[data-opens]");
    if (opens) { event.preventDefault(); open(document.getElementById(opens.dataset.opens)); }
    var closes = event.target.closest("[data-closes]");
    if (closes) { closes.closest("dialog").close(); }
    if (event.target.matches("dialog.pal, dialog.keys-dlg")) { event.target.close(); }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
    var copies = event.target.closest("[data-copies-value]");
    if (copies) { copyValue(copies); }
  });

  /* the side sheet of narrow screens is the page's own anchor; Esc goes back */
  function shutSide() { if (location.hash === "#side") { location.hash = "#main"; return true; } return false; }

  /* palette */
  function options() { return Array.prototype.slice.call(document.querySelectorAll("#palette-found .pal-a")); }
  function showPalette(dialog) {
    var field = dialog.querySelector("input");
    field.value = "";
    field.focus();
    // htmx begins to listen in a timer of its own, set before this one: a key pressed at once must not be earlier
    setTimeout(function () { field.dispatchEvent(new CustomEvent("palette:open", { bubbles: true })); });
  }
  function choose(by) {
    var all = options(), now = all.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
    if (!all.length) { return; }
    var next = Math.min(Math.max(now + by, 0), all.length - 1);
    all.forEach(function (one, index) { one.setAttribute("aria-selected", index === next ? "true" : "false"); });
    all[next].scrollIntoView({ block: "nearest" });
    document.getElementById("palette-q").setAttribute("aria-activedescendant", all[next].id);
  }
  function inPalette(event) {
    if (event.key === "ArrowDown") { choose(1); } else if (event.key === "ArrowUp") { choose(-1); }
    else if (event.key === "Enter") {
      var chosen = document.querySelector("#palette-found [aria-selected=true][href]");
      if (!chosen) { return; }
      chosen.click();
    } else if (event.key === "Escape") {
      document.getElementById("palette").close(); // a search field would only empty itself
      event.stopPropagation();
    } else { return; }
    event.preventDefault();
  }

  /* keys */
  var waitsForPlace = 0;
  function go(key) {
    var link = document.querySelector("[data-go='" + key + "']");
    if (link) { link.click(); }
    return Boolean(link);
  }
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(document.getElementById("palette"));
      return;
    }
    if (event.target.id === "palette-q") { inPalette(event); return; }
    if (event.key === "Escape") {
      var menu = document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); } else { shutSide(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || openDialog()) { return; }
    if (body.dataset.singleKeys === "off") { return; }
    if (event.key === "?") { event.preventDefault(); open(document.getElementById("keys")); return; }
    var key = event.key.toLowerCase(), now = Date.now();
    if (waitsForPlace > now && go(key)) { waitsForPlace = 0; event.preventDefault(); event.stopImmediatePropagation(); return; }
    waitsForPlace = key === "g" ? now + 1200 : 0;
  }, true);

  /* copy what a field holds, and say so in the button */
  function copyValue(button) {
    var field = document.getElementById(button.dataset.copiesValue);
    function told() { button.querySelector("span").textContent = button.dataset.copied; }
    field.select();
    if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(field.value).then(told); } else { document.execCommand("copy"); told(); }
  }
})();
