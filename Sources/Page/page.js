// Zoom, the words of the mark under the pointer, and steps. Without it the page says the same. Neither the less-than
// sign nor the ampersand occurs here, so that the page is well-formed XML.
"use strict";
(function () {
  function make(tag, words, attributes) {
    var element = document.createElement(tag);
    element.textContent = words;
    Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    return element;
  }
  function button(words, label, act) {
    var element = make("button", words, { type: "button", "aria-label": label });
    element.addEventListener("click", act);
    return element;
  }

  // Pictures in time: wider, and what the mark under the pointer is.
  Array.from(document.querySelectorAll("figure.time")).forEach(function (figure) {
    var box = figure.querySelector(".scroll");
    var picture = box.querySelector("svg");
    var words = make("p", "\u00a0", { "class": "under-pointer", "aria-live": "off" });
    var zoom = 1;
    function show(next, at) {
      var middle = (box.scrollLeft + at) / box.scrollWidth;
      zoom = Math.min(Math.max(next, 1), 256);
      picture.style.width = zoom * 100 + "%";
      box.scrollLeft = middle * box.scrollWidth - at;
      out.disabled = zoom === 1;
      figure.setAttribute("data-zoom", zoom);
    }
    var half = function () { return box.clientWidth / 2; };
    var into = button("+", "Zoom in", function () { show(zoom * 2, half()); });
    var out = button("\u2212", "Zoom out", function () { show(zoom / 2, half()); });
    var whole = button("Whole", "Show all of it", function () { show(1, 0); });
    var bar = make("div", "", { "class": "controls", role: "group", "aria-label": "Zoom" });
    [out, into, whole].forEach(function (element) { bar.appendChild(element); });
    out.disabled = true;
    figure.insertBefore(bar, box);
    figure.insertBefore(words, box.nextSibling);
    box.addEventListener("wheel", function (event) {
      if (!event.ctrlKey) { return; }
      event.preventDefault();
      show(event.deltaY > 0 ? zoom / 2 : zoom * 2, event.clientX - box.getBoundingClientRect().left);
    }, { passive: false });
    box.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) { return; }
      if (event.key === "+") { show(zoom * 2, half()); }
      if (event.key === "-") { show(zoom / 2, half()); }
    });
    picture.addEventListener("pointerover", function (event) {
      var mark = event.target.closest("[data-mark]");
      var title = mark ? mark.querySelector("title") : null;
      words.textContent = title ? title.textContent : "\u00a0";
    });
  });

  // Counterexamples: one step at a time, its fields beside it.
  Array.from(document.querySelectorAll(".stepper")).forEach(function (stepper) {
    var rows = Array.from(stepper.querySelectorAll("tbody tr"));
    var heads = Array.from(stepper.querySelectorAll("thead th"));
    if (rows.length === 0) { return; }
    var at = 0;
    var said = make("p", "", { "class": "step", "aria-live": "polite" });
    var fields = make("dl", "", { "class": "fields" });
    function cells(row) { return Array.from(row.cells); }
    function show(next, scrolls) {
      at = Math.min(Math.max(next, 0), rows.length - 1);
      rows.forEach(function (row, index) {
        row.classList.toggle("now", index === at);
        row.classList.toggle("later", index > at);
        if (index === at) { row.setAttribute("aria-current", "step"); } else { row.removeAttribute("aria-current"); }
      });
      var row = rows[at];
      var task = "", deed = "";
      fields.textContent = "";
      cells(row).forEach(function (cell, column) {
        var group = heads[column].dataset.group;
        if (group === "task") {
          if (cell.textContent) { task = heads[column].textContent; deed = cell.textContent; }
        } else if (group === "state") {
          var pair = make("div", "", { "class": cell.className });
          pair.appendChild(make("dt", heads[column].textContent));
          pair.appendChild(make("dd", cell.textContent || "\u2013"));
          fields.appendChild(pair);
        }
      });
      var place = row.cells[1].textContent;
      said.textContent = "Step " + (at + 1) + " of " + rows.length + ": " + task + ", " + row.dataset.function + ": "
        + deed
        + (place ? " (" + heads[1].textContent + " " + place + ")" : "")
        + (row.classList.contains("loop") ? ", repeated" : "");
      stepper.setAttribute("data-step", at + 1);
      first.disabled = back.disabled = at === 0;
      forth.disabled = last.disabled = at === rows.length - 1;
      if (scrolls) {
        var box = stepper.querySelector(".scroll");
        var top = row.offsetTop - box.clientHeight / 2;
        box.scrollTop = top;
      }
    }
    function go(next) { show(next, true); }
    var first = button("\u21e4", "First step", function () { go(0); });
    var back = button("\u2190", "Step back", function () { go(at - 1); });
    var forth = button("\u2192", "Next step", function () { go(at + 1); });
    var last = button("\u21e5", "Last step", function () { go(rows.length - 1); });
    var bar = make("div", "", { "class": "controls", role: "group", "aria-label": "Steps; arrow keys work, too" });
    [first, back, forth, last].forEach(function (element) { bar.appendChild(element); });
    var box = stepper.querySelector(".scroll");
    [bar, said, fields].forEach(function (element) { stepper.insertBefore(element, box); });
    stepper.classList.add("live");
    stepper.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) { return; }
      var moves = {
        ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1
      };
      if (moves[event.key] === undefined) { return; }
      event.preventDefault();
      go(moves[event.key]);
    });
    rows.forEach(function (row, index) { row.addEventListener("click", function () { show(index, false); }); });
    show(0, false);
  });

  // Paper cannot be opened.
  window.addEventListener("beforeprint", function () {
    Array.from(document.querySelectorAll("details")).forEach(function (details) { details.open = true; });
  });
})();
