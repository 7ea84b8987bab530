/* Review of drafts: J and K leave for the next and the one before, X holds or releases. No eval, no inline handlers. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || typing || document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) { return; }
    var key = event.key.toLowerCase();
    if (["j", "k", "x"].indexOf(key) < 0) { return; }
    var target = document.querySelector("[data-key=" + key + "]");
    if (!target) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    target.click();
  }, true);
})();
