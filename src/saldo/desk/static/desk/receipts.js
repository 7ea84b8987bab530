/* The match screen by keyboard. Every act is a form or a link on the page; keys only press them. */
(function () {
  "use strict";
  function one(selector) { return document.querySelector(selector); }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function typing(target) {
    var field = target.closest && target.closest("input, textarea, select, [contenteditable]");
    return field && field.type !== "checkbox" && field.type !== "radio";
  }
  function press(target) { if (target) { target.click(); return true; } return false; }
  function go(by) {
    var here = one("[data-entries] a[aria-current]");
    var links = all("[data-entries] a"), place = links.indexOf(here) + by;
    if (here === null) { place = by > 0 ? 0 : links.length - 1; }
    if (links[place]) { window.location = links[place].href; return true; }
    return press(one(by > 0 ? ".pane.l a[rel=next]" : ".pane.l a[rel=prev]"));
  }
  function ticks() { return all("[data-items] .tick"); }
  function cursor() { return ticks().indexOf(document.activeElement); }
  function step(by) {
    var rows = ticks(), now = cursor(), next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by;
    if (!rows[next]) { return false; }
    rows[next].focus();
    rows[next].scrollIntoView({ block: "nearest" });
    return true;
  }
  function tick() { var rows = ticks(), now = cursor(); return press(rows[now < 0 ? 0 : now]); }
  function toggle(name) {
    var field = one(name);
    if (!field) { return false; }
    return press(field.checked ? one("input[name=" + field.name + "][value='']") : field);
  }
  var acts = {
    j: function () { return go(1); },
    k: function () { return go(-1); },
    arrowdown: function () { return step(1); },
    arrowup: function () { return step(-1); },
    x: tick,
    " ": tick,
    b: function () { return toggle("[data-bank-fee]"); },
    a: function () { return toggle("[data-on-account]"); },
    s: function () { return press(one("[data-skip]")); },
    u: function () { return press(one("[data-toast] [data-undo]") || one("[data-undo]")); },
    enter: function () { return press(one("[data-book]")); }
  };
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) { return; }
    if (document.body.dataset.singleKeys === "off" || one("dialog[open]")) { return; }
    var key = event.key.toLowerCase(), isPress = key === "enter" || key === " ";
    if (isPress && event.target.closest("a, button, summary")) { return; }
    if (key === " " && cursor() >= 0) { return; }
    var did = /^[1-9]$/.test(key) ? press(one("[data-proposal='" + key + "']")) : acts[key] && acts[key]();
    if (did) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  /* the chosen entry is in sight; a toast goes after ten seconds, not while somebody is at it */
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
