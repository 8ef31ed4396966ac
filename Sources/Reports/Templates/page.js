"use strict";
// What a reader can do in the page. Nothing is loaded and nothing is computed here: all that is shown is in the page.
(() => {
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const markOf = (event) => (event.target instanceof Element ? event.target.closest(".mark") : null);

  // The read-out of a chart says what the mark under the pointer or with the focus stands for.
  const read = (mark) => {
    const chart = mark.closest("svg");
    const out = chart.querySelector(".reading");
    out.textContent = mark.querySelector("title").textContent;
    out.removeAttribute("textLength");
    const room = chart.viewBox.baseVal.width - 4;
    if (out.getComputedTextLength() > room) {
      out.setAttribute("textLength", room);
      out.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  };
  const clear = (mark) => {
    const chart = mark.closest("svg");
    const focused = chart.querySelector(".mark:focus");
    if (focused && focused !== mark) read(focused);
    else if (!focused) chart.querySelector(".reading").textContent = "";
  };
  for (const [name, act] of [["pointerover", read], ["focusin", read], ["pointerout", clear], ["focusout", clear]]) {
    document.addEventListener(name, (event) => {
      const mark = markOf(event);
      if (mark) act(mark);
    });
  }

  // A chart is one stop of the tab key; arrow keys, Home and End walk over its marks.
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  document.addEventListener("keydown", (event) => {
    const mark = markOf(event);
    const step = steps[event.key];
    if (!mark || step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const marks = all(mark.closest("svg"), ".mark");
    const next = marks[Math.max(0, Math.min(marks.length - 1, marks.indexOf(mark) + step))];
    mark.removeAttribute("tabindex");
    next.setAttribute("tabindex", "0");
    next.setAttribute("role", "img");
    next.focus();
    event.preventDefault();
  });

  // A table is a stop of the tab key only where there is something to scroll.
  const settle = () => {
    for (const area of all(document, ".scroll")) {
      const fits = area.scrollWidth <= area.clientWidth && area.scrollHeight <= area.clientHeight;
      area.tabIndex = fits ? -1 : 0;
    }
  };
  // Of the views of a choice, one is shown; choices of one group change together.
  const choices = all(document, ".choice").map((element) => {
    const options = all(element, ".option");
    const inputs = all(element, ".control input");
    const slider = inputs.length === 1 && inputs[0].type === "range" ? inputs[0] : null;
    const chosen = () => (slider || inputs.find((input) => input.checked) || inputs[0]).value;
    const show = (value) => {
      const option = options[Number(value)];
      if (!option) return;
      for (const other of options) other.hidden = other !== option;
      if (slider) {
        slider.value = value;
        slider.setAttribute("aria-valuetext", option.dataset.name);
        element.querySelector("output").textContent = option.dataset.name;
      } else {
        for (const input of inputs) input.checked = input.value === value;
      }
    };
    return { element, chosen, show, group: element.dataset.group };
  });
  for (const choice of choices) {
    choice.element.classList.add("live");
    choice.element.querySelector(".control").hidden = false;
    choice.element.addEventListener("input", () => {
      const value = choice.chosen();
      choice.show(value);
      for (const other of choices) if (choice.group && other.group === choice.group) other.show(value);
      settle();
    });
    choice.show(choice.chosen());
  }

  addEventListener("resize", settle);
  document.addEventListener("toggle", settle, true);
  // Measuring lays out all sections: not before the first of them is seen.
  (window.requestIdleCallback || setTimeout)(settle);
})();
