/* Runs before the first paint: "as my system" becomes light or dark, so that nothing flashes. */
(function () {
  "use strict";
  var root = document.documentElement, dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (root.getAttribute("data-bs-theme") !== "auto") { return; }
  function follow() { root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light"); }
  follow();
  dark.addEventListener("change", follow);
})();
