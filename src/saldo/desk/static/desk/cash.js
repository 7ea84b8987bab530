/* The chart of the cash page: two lines of balances, bars of what leaves to Microsoft. No eval, no inline handlers. */
(function () {
  "use strict";
  var root = document.documentElement;
  function draw() {
    var canvas = document.querySelector("canvas[data-cash]");
    if (!canvas || !window.Chart) { return; }
    var data = JSON.parse(document.getElementById(canvas.dataset.cash).textContent);
    var style = getComputedStyle(root), probe = document.createElement("i");
    document.body.appendChild(probe);
    function colour(name) { probe.className = "vh ink-" + name; return getComputedStyle(probe).color; }
    window.Chart.defaults.font.family = style.getPropertyValue("--s-sans");
    window.Chart.defaults.font.size = 12;
    window.Chart.defaults.color = colour("ink-3");
    window.Chart.defaults.animation = false;
    var axis = new Intl.NumberFormat(data.lang, { notation: "compact", maximumFractionDigits: 1 });
    var names = new Intl.DateTimeFormat(data.lang, { day: "numeric", month: "short", timeZone: "UTC" });
    function line(set, index) {
      return { type: "line", label: set.label, data: set.data.map(Number), words: set.words, stepped: true, borderWidth: index ? 1.5 : 2.5,
        borderDash: index ? [4, 4] : [], borderColor: colour("c" + (index + 1)), backgroundColor: colour("c" + (index + 1)),
        pointRadius: data.days.map(function (day, place) { return !index && place === data.lowest ? 5 : 0; }), pointHitRadius: 8, order: index };
    }
    var bars = { type: "bar", label: data.leaving_label, data: data.leaving.map(function (text) { return text === null ? null : -Number(text); }),
      words: data.leaving_words, backgroundColor: colour("c3"), maxBarThickness: 10, minBarLength: 2, order: 5 };
    var zero = colour("ink-3"), rule = colour("line"), edge = colour("line-2");
    var lines = data.sets.map(line).concat([bars]);
    probe.remove();
    if (canvas.chart) { canvas.chart.destroy(); }
    canvas.chart = new window.Chart(canvas, {
      data: { labels: data.days.map(function (day) { return names.format(new Date(day + "T00:00:00Z")); }), datasets: lines },
      options: { maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
        plugins: { legend: { display: false }, tooltip: { callbacks: {
          title: function (items) { return data.titles[items[0].dataIndex]; },
          label: function (item) { return item.raw === null ? null : item.dataset.label + "  " + item.dataset.words[item.dataIndex]; } } } },
        scales: { x: { grid: { display: false }, border: { color: edge }, ticks: { maxRotation: 0, autoSkip: true, maxTicksLimit: 9 } },
          y: { border: { display: false }, grid: { color: function (at) { return at.tick && at.tick.value === 0 ? zero : rule; } }, ticks: { maxTicksLimit: 6, callback: function (value) { return axis.format(value); } } } } }
    });
  }
  // Chart.js is deferred before this file, so it is there already; the font may still be on its way.
  (document.fonts && document.fonts.load ? document.fonts.load("12px 'Inter Variable'") : Promise.resolve()).then(draw, draw);
  new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
