// An execution, step by step.

/** The execution step by step: the boxes of the picture, or what the report tells of it without one. */
function stepsOf(data) {
  const { boxes = [], threads = [] } = data.picture ?? {};
  const turns = boxes.map((box, number) => ({ ...box, number })).filter((box) => box.step > 0);
  if (!turns.length) {
    return (data.steps ?? []).map((step) => ({ who: step.thread, code: step.text, effects: [], number: null, file: step.place?.file, line: step.place?.line ?? 0, reordered: step.reordered }));
  }
  return turns.sort((one, other) => one.step - other.step).map((box) => ({ ...box, who: threads[box.thread] ?? "" }));
}

function stepper() {
  const button = (label, words, to) => make("button", { type: "button", "aria-label": words, title: words, onclick: () => walk(to()) }, label);
  const last = view.steps.length;
  return make(
    "div",
    { class: "stepper", role: "group", "aria-label": "Steps" },
    make("div", { class: "buttons" }, button("«", "The whole execution", () => 0), button("‹", "A step back", () => view.at - 1), button("›", "A step on", () => view.at + 1), button("»", "The last step", () => last)),
    make("progress", { id: "progress", max: last, value: 0, "aria-label": "Step" }),
    make("p", { id: "step", "aria-live": "polite", role: "status" }),
  );
}

function stepList() {
  if (!view.steps.length) return null;
  const item = (step, place) =>
    make(
      "li",
      { "data-step-item": place + 1 },
      make("button", { type: "button", onclick: () => go(place + 1) }, make("b", {}, step.who), step.line ? ` line ${step.line}: ` : " ", make("code", {}, step.code), ...step.effects.map((effect) => make("span", { class: "quiet" }, effect)), step.reordered ? make("span", { class: "late" }, "not where the program has it") : null),
    );
  return make("div", {}, make("h2", {}, "In this order things become visible"), make("ol", { class: "steps" }, view.steps.map(item)));
}

/** Goes to a step, from 1; 0 is the whole execution. */
function go(to) {
  const { steps, graph } = view;
  if (!steps.length) return;
  view.at = Math.max(0, Math.min(steps.length, to));
  const step = steps[view.at - 1];
  byId("progress").value = view.at;
  byId("step").replaceChildren(...stepWords(step));
  for (const element of byId("content").querySelectorAll(".now")) element.classList.remove("now");
  byId("content").querySelector(`[data-step-item="${view.at}"]`)?.classList.add("now");
  if (step) view.lines.get(key(step.file, step.line))?.classList.add("now");
  if (!graph) return;
  const turn = (number) => view.data.picture.boxes[number].step;
  const later = (number) => Boolean(step) && turn(number) > step.step;
  for (const element of graph.querySelectorAll("[data-box]")) {
    const number = Number(element.dataset.box);
    element.classList.toggle("later", later(number));
    element.classList.toggle("now", number === step?.number);
  }
  for (const element of graph.querySelectorAll("[data-edge]")) {
    const edge = view.data.picture.edges[element.dataset.edge];
    element.classList.toggle("later", later(edge.first) || later(edge.second));
  }
  if (step) {
    bring(graph, graph.querySelector(`[data-box="${step.number}"]`), true);
    bring(byId("source"), view.lines.get(key(step.file, step.line)));
  }
}

/** Goes to a step, and scrolls the page so far that what happens is to be seen. */
function walk(to) {
  go(to);
  const found = ["#graph .box.now", ".line.now", ".steps .now"].map((what) => byId("content").querySelector(what));
  const happens = found.find(Boolean);
  if (!happens) return;
  const { top, bottom } = happens.getBoundingClientRect();
  const above = byId("content").querySelector(".stepper").offsetHeight;
  const margin = 24;
  if (top < above + margin) scrollBy(0, top - above - margin);
  else if (bottom > innerHeight - margin) scrollBy(0, bottom - innerHeight + margin);
}

function stepWords(step) {
  if (!step) return [`${counted(view.steps.length, "step")}: → goes through them`];
  return [
    make("span", { class: "quiet" }, `${view.at}/${view.steps.length} `),
    make("b", {}, step.who),
    step.line ? ` line ${step.line}: ` : " ",
    make("code", {}, step.code),
    step.effects.length ? ` – ${step.effects.join("; ")}` : "",
    step.reordered ? make("span", { class: "late" }, " – not where the program has it") : "",
  ].filter((part) => part !== "");
}

/** Scrolls a pane, and not the page, so that an element inside it is to be seen. */
function bring(pane, element, sideways = false) {
  if (!element) return;
  const inner = element.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  const margin = 24;
  if (inner.top < outer.top + margin || inner.bottom > outer.bottom - margin) {
    pane.scrollTop += (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
  }
  if (!sideways) return;
  if (inner.left < outer.left + margin || inner.right > outer.right - margin) {
    pane.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
  }
}

function reveal(place) {
  const line = view.lines.get(key(place.file, place.line));
  bring(byId("source"), line);
  byId("source").scrollIntoView({ block: "nearest" });
  line?.querySelector("button")?.focus({ preventScroll: true });
}
