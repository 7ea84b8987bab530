/* Behaviour of the pages imports, customers and compare. No eval, no inline handlers: the policy forbids both. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripted");

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function typing(target) { return target.closest && target.closest("input, textarea, select, [contenteditable]"); }
  function singleKeys() { return document.body.dataset.singleKeys !== "off"; }

  /* lists: J and K move, Enter opens */
  function items() { return all("[data-list] [data-item]").filter(function (row) { return row.offsetParent !== null; }); }
  function link(row) { return row.querySelector("th a, th button"); }
  function at(rows) { return rows.findIndex(function (row) { return row.classList.contains("cursor"); }); }
  function move(by) {
    var rows = items();
    if (!rows.length) { return; }
    var now = at(rows), next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + by, 0), rows.length - 1);
    rows.forEach(function (row) { row.classList.remove("cursor"); });
    rows[next].classList.add("cursor");
    var target = link(rows[next]);
    if (target) { target.focus({ preventScroll: true }); }
    rows[next].scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { if (!document.querySelector("dialog[open]")) { closeEvidence(); } return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !singleKeys() || document.querySelector("dialog[open]")) { return; }
    var key = event.key.toLowerCase();
    if (key === "j") { move(1); } else if (key === "k") { move(-1); }
    else if (key === "/") { var field = document.querySelector("[data-search]"); if (field) { field.focus(); field.select(); } else { return; } }
    else if (key === "e") { openEvidence(); }
    else if (key === "c") { var copy = document.querySelector("[data-copies], [data-key=c]"); if (copy) { copy.click(); } else { return; } }
    else { return; }
    event.preventDefault();
  });

  /* evidence drawer */
  var opener = null;
  function openEvidence() {
    var row = document.querySelector(".cursor [data-evidence]") || document.querySelector("[data-evidence]");
    if (row) { row.click(); }
  }
  function closeEvidence() {
    var drawer = document.getElementById("ev");
    if (!drawer || drawer.hidden) { return; }
    drawer.hidden = true;
    all("[data-evidence]").forEach(function (button) { button.setAttribute("aria-expanded", "false"); button.closest("tr").classList.remove("sel"); });
    if (opener && document.contains(opener)) { opener.focus(); }
  }
  document.addEventListener("click", function (event) {
    var row = event.target.closest(".wf tr.r");
    var reason = event.target.closest("[data-evidence]");
    if (!reason && row && !event.target.closest("a, button")) {
      var inside = row.querySelector("[data-evidence], [data-unfolds]");
      if (inside) { inside.click(); }
      return;
    }
    if (reason) {
      opener = reason;
      all("[data-evidence]").forEach(function (button) {
        var same = button === reason;
        button.setAttribute("aria-expanded", same ? "true" : "false");
        button.closest("tr").classList.toggle("sel", same);
      });
    }
    if (event.target.closest("[data-closes-evidence]")) { event.preventDefault(); closeEvidence(); }
    var fold = event.target.closest("[data-unfolds]");
    if (fold) {
      var open = fold.getAttribute("aria-expanded") !== "true";
      fold.setAttribute("aria-expanded", open ? "true" : "false");
      document.getElementById(fold.getAttribute("aria-controls")).hidden = !open;
    }
    var shows = event.target.closest("[data-shows]");
    if (shows) {
      all("[data-shows]", shows.closest("[data-switch]")).forEach(function (button) {
        button.setAttribute("aria-pressed", button === shows ? "true" : "false");
        document.getElementById(button.dataset.shows).hidden = button !== shows;
      });
    }
    var copies = event.target.closest("[data-copies]");
    if (copies) { copyText(document.getElementById(copies.dataset.copies).value); }
    if (event.target.closest("[data-again]")) { event.preventDefault(); var files = document.getElementById("files"); if (files) { files.click(); } }
  });
  document.addEventListener("htmx:afterSwap", afterSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
  function afterSwap() {
    var drawer = document.getElementById("ev");
    if (opener && drawer && !drawer.hidden && drawer.getBoundingClientRect().top > window.innerHeight) { drawer.focus(); }
  }

  function copyText(text) {
    function told() {
      var place = document.querySelector("[data-toasts]");
      if (!place) { return; }
      var toast = document.createElement("div");
      toast.className = "toast-s";
      toast.textContent = place.dataset.copied;
      place.replaceChildren(toast);
      window.setTimeout(function () { toast.remove(); }, 10000);
    }
    function byHand() {
      var field = document.getElementById("copy-text");
      field.select();
      document.execCommand("copy");
      told();
    }
    if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(text).then(told, byHand); } else { byHand(); }
  }

  /* forms that answer as soon as something is chosen */
  all("[data-submits-on-change]").forEach(function (form) { form.addEventListener("change", function () { form.requestSubmit(); }); });

  /* drop files: folders are walked, each file goes with its path */
  all("[data-drop]").forEach(function (form) {
    var input = form.querySelector("[data-files]");
    ["dragenter", "dragover"].forEach(function (name) { form.addEventListener(name, function (event) { event.preventDefault(); form.classList.add("over"); }); });
    ["dragleave", "drop"].forEach(function (name) { form.addEventListener(name, function () { form.classList.remove("over"); }); });
    document.addEventListener("dragover", function (event) { event.preventDefault(); });
    document.addEventListener("drop", function (event) {
      event.preventDefault();
      var entries = Array.prototype.slice.call(event.dataTransfer.items || []).map(function (item) { return item.webkitGetAsEntry ? item.webkitGetAsEntry() : null; });
      if (entries.some(function (entry) { return entry && entry.isDirectory; })) {
        Promise.all(entries.filter(Boolean).map(walk)).then(function (found) { send(form, found.flat()); });
      } else {
        send(form, Array.prototype.map.call(event.dataTransfer.files, function (file) { return { file: file, path: file.name }; }));
      }
    });
    input.addEventListener("change", function () {
      send(form, Array.prototype.map.call(input.files, function (file) { return { file: file, path: file.webkitRelativePath || file.name }; }));
    });
  });
  function walk(entry) {
    return new Promise(function (resolve, reject) {
      if (entry.isFile) { entry.file(function (file) { resolve([{ file: file, path: entry.fullPath.replace(/^\//, "") }]); }, reject); return; }
      var reader = entry.createReader(), found = [];
      (function more() {
        reader.readEntries(function (batch) {
          if (!batch.length) { Promise.all(found.map(walk)).then(function (parts) { resolve(parts.flat()); }, reject); return; }
          found = found.concat(batch);
          more();
        }, reject);
      })();
    });
  }
  function send(form, found) {
    if (!found.length) { return; }
    var data = new FormData(), request = new XMLHttpRequest();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    found.forEach(function (one) { data.append("paths", one.path); });
    found.forEach(function (one) { data.append("files", one.file); });
    var wait = form.querySelector("[data-uploading]"), bar = wait.querySelector("progress"), failed = form.querySelector("[data-upload-failed]");
    wait.hidden = false;
    failed.hidden = true;
    request.upload.addEventListener("progress", function (event) { if (event.lengthComputable) { bar.value = event.loaded / event.total * 100; } });
    request.addEventListener("load", function () {
      if (request.status < 400) { window.location.assign(request.responseURL); } else { stop(); }
    });
    request.addEventListener("error", stop);
    function stop() { wait.hidden = true; failed.hidden = false; }
    request.open("POST", form.action);
    request.send(data);
  }

  /* bill by month */
  function draw() {
    if (!window.Chart) { return; }
    var style = getComputedStyle(root), probe = document.createElement("i");
    probe.className = "vh";
    document.body.appendChild(probe);
    function colour(name) { probe.className = "vh ink-" + name; return getComputedStyle(probe).color; }
    window.Chart.defaults.font.family = style.getPropertyValue("--s-sans");
    window.Chart.defaults.font.size = 12;
    window.Chart.defaults.color = colour("ink-3");
    window.Chart.defaults.animation = false;
    all("canvas[data-chart]").forEach(function (canvas) {
      var data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
      var axis = new Intl.NumberFormat(data.lang, { notation: "compact", maximumFractionDigits: 1 });
      var names = new Intl.DateTimeFormat(data.lang, { month: "short", timeZone: "UTC" });
      var labels = data.labels.map(function (month, index) {
        var name = names.format(new Date(month + "-01T00:00:00Z"));
        return index === 0 || month.slice(5) === "01" ? [name, month.slice(0, 4)] : name;
      });
      if (canvas.chart) { canvas.chart.destroy(); }
      canvas.chart = new window.Chart(canvas, {
        type: "bar",
        data: { labels: labels, datasets: data.sets.map(function (set, index) {
          return { label: set.label, data: set.data, backgroundColor: colour("c" + (index + 1)), stack: "a", borderRadius: index === data.sets.length - 1 ? 3 : 0, barPercentage: 0.72, categoryPercentage: 0.86, maxBarThickness: 44 };
        }) },
        options: { maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
          plugins: { legend: { display: false }, tooltip: { mode: "index", intersect: false, callbacks: { label: function (item) { return item.dataset.label + "  " + data.sets[item.datasetIndex].words[item.dataIndex]; } } } },
          scales: { x: { stacked: true, grid: { display: false }, border: { color: colour("line-2") }, ticks: { maxRotation: 0, autoSkip: true } },
            y: { stacked: true, border: { display: false }, grid: { color: colour("line") }, ticks: { maxTicksLimit: 5, callback: function (value) { return axis.format(value); } } } } }
      });
    });
    probe.remove();
  }
  if (document.querySelector("canvas[data-chart]")) {
    // Chart.js is deferred after this file, so it is there only when the document is done.
    document.addEventListener("DOMContentLoaded", function () {
      (document.fonts && document.fonts.load ? document.fonts.load("12px 'Inter Variable'") : Promise.resolve()).then(draw, draw);
    });
    new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }
})();
