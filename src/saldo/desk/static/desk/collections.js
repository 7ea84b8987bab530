/* Collections by keyboard, and previews where a form opens. Every act is a form or a link; keys only press them. */
(function () {
  "use strict";
  var going = 0;
  function one(selector) { return document.querySelector(selector); }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function typing(target) { return target.closest && target.closest("input, textarea, select, [contenteditable]"); }
  function press(target) { if (target) { target.click(); return true; } return false; }
  function go(by) {
    var links = all("[data-entries] a, [data-tile]"), here = links.filter(function (a) { return a.hasAttribute("aria-current"); })[0];
    var next = links[here ? links.indexOf(here) + by : 0];
    if (next) { window.location = next.href; return true; }
    return press(one(by > 0 ? ".pane.l a[rel=next]" : ".pane.l a[rel=prev]"));
  }
  function fold(key) {
    var box = one("[data-fold='" + key + "']");
    if (!box) { return false; }
    box.open = true;
    var field = box.querySelector("select, input:not([type=hidden]), textarea");
    if (field) { field.focus(); }
    box.scrollIntoView({ block: "nearest" });
    return true;
  }
  var acts = {
    j: function () { return go(1); },
    k: function () { return go(-1); },
    n: function () { return fold("n"); },
    p: function () { return fold("p"); },
    d: function () { return fold("d"); },
    h: function () { return fold("h"); },
    f: function () { return press(one("[data-done]")); },
    u: function () { return press(one("[data-toast] [data-undo]")); }
  };
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) { return; }
    if (document.body.dataset.singleKeys === "off" || one("dialog[open]")) { return; }
    if (event.key === "g") { going = Date.now(); return; }
    if (Date.now() - going < 1200) { return; }
    var did = acts[event.key.toLowerCase()];
    if (did && did()) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  /* a form that opens shows at once what it would change */
  all("[data-fold]").forEach(function (box) {
    box.addEventListener("toggle", function () {
      var form = box.querySelector("form[hx-post]");
      if (box.open && form && !form.dataset.seen) {
        form.dataset.seen = "yes";
        form.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });

  /* one tick for a whole step */
  all("[data-tick-all]").forEach(function (tick) {
    tick.addEventListener("change", function () {
      all("[data-ticks='" + tick.dataset.tickAll + "'] .tick").forEach(function (row) { row.checked = tick.checked; });
    });
  });

  var here = one("[data-entries] a[aria-current]");
  if (here) { here.scrollIntoView({ block: "nearest" }); }
  all("[data-toast]").forEach(function (toast) {
    var timer;
    function wait() { timer = window.setTimeout(function () { toast.remove(); }, 10000); }
    function stay() { window.clearTimeout(timer); }
    ["pointerenter", "focusin"].forEach(function (name) { toast.addEventListener(name, stay); });
    ["pointerleave", "focusout"].forEach(function (name) { toast.addEventListener(name, wait); });
    wait();
  });
})();
