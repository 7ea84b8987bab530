/* Policies: line numbers beside the text, jumping to a line, the chart of the time machine. No eval, no inline handlers. */
(function () {
  "use strict";
  var root = document.documentElement;
  var text = document.getElementById("text"), gutter = document.querySelector(".code .gutter");
  function number() {
    var lines = text.value.split("\n").length, said = [];
    for (var line = 1; line <= lines; line += 1) { said.push(line); }
    gutter.textContent = said.join("\n");
    follow();
  }
  function follow() { gutter.scrollTop = text.scrollTop; }
  function jump(line) {
    var lines = text.value.split("\n"), start = 0;
    for (var at = 0; at < line - 1 && at < lines.length; at += 1) { start += lines[at].length + 1; }
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
    follow();
  }
  if (text && gutter) {
    text.addEventListener("input", number);
    text.addEventListener("input", function () {  // what is published is what was saved
      document.querySelectorAll("[data-saved-only]").forEach(function (one) { one.hidden = true; });
    });
    text.addEventListener("scroll", follow);
    document.addEventListener("click", function (event) {
      var link = event.target.closest("[data-line]");
      if (link) { event.preventDefault(); jump(Number(link.dataset.line)); }
    });
    number();
  }

  function draw() {
    var canvas = document.querySelector("canvas[data-months]");
    if (!canvas || !window.Chart) { return; }
    var data = JSON.parse(document.getElementById(canvas.dataset.months).textContent);
    var style = getComputedStyle(root), probe = document.createElement("i");
    document.body.appendChild(probe);
    function colour(name) { probe.className = "vh ink-" + name; return getComputedStyle(probe).color; }
    window.Chart.defaults.font.family = style.getPropertyValue("--s-sans");
    window.Chart.defaults.font.size = 12;
    window.Chart.defaults.color = colour("ink-3");
    window.Chart.defaults.animation = false;
    var sets = data.sets.map(function (set, place) {
      return { type: "bar", label: set.label, data: set.data, words: set.words, backgroundColor: colour("c" + (place + 1)), maxBarThickness: 18, borderRadius: 2 };
    });
    var edge = colour("line-2"), rule = colour("line");
    probe.remove();
    if (canvas.chart) { canvas.chart.destroy(); }
    canvas.chart = new window.Chart(canvas, {
      data: { labels: data.labels, datasets: sets },
      options: { maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: function (item) { return item.dataset.label + "  " + item.dataset.words[item.dataIndex]; } } } },
        scales: { x: { grid: { display: false }, border: { color: edge }, ticks: { maxRotation: 0, autoSkip: true, maxTicksLimit: 9 } },
          y: { beginAtZero: true, border: { display: false }, grid: { color: rule }, ticks: { precision: 0, maxTicksLimit: 6 } } } }
    });
  }
  (document.fonts && document.fonts.load ? document.fonts.load("12px 'Inter Variable'") : Promise.resolve()).then(draw, draw);
  new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
