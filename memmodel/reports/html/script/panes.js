// The source of a test beside its graph.

const key = (file, line) => `${line} ${file}`;

function stage(data) {
  const picture = data.picture;
  if (!picture && !view.steps.length) return [];
  const parts = view.steps.length ? [stepper()] : [];
  const lists = make("div", { class: "lists" }, stepList(), picture?.edges.length ? edgeList(picture) : null);
  if (picture) {
    const source = pane("source", "Source", picture.sources.map(sourceText));
    view.graph = pane("graph", "Execution graph");
    view.graph.innerHTML = picture.graph;
    wire(view.graph, picture);
    view.told = make("p", { class: "told", id: "told" });
    untell();
    const drawn = make("div", { class: "drawn" }, view.graph, view.told, lists);
    parts.push(make("p", { class: "caption" }, picture.caption), make("div", { class: "panes" }, source, drawn));
  } else parts.push(lists);
  return [make("section", { class: "stage", "aria-label": "An execution" }, parts)];
}

/** A part of the page that scrolls by itself, by pointer and keyboard. */
function pane(name, label, children = []) {
  return make("div", { class: `pane ${name}`, id: name, tabindex: 0, role: "region", "aria-label": label }, children);
}

/** A line of source in pieces, for a scanner that remembers whether a comment goes on from the line before. */
function comments() {
  let open = false;
  return (text) => {
    const parts = [];
    for (let rest = text || " "; rest; ) {
      // In C code, too, `(*` begins a comment only where a line of a litmus test does: elsewhere it is `f(*x)`.
      const [found] = (open ? /\*\/|\*\)/ : /\/\*|\/\/.*|(?<=^\s*)\(\*/s).exec(rest) ?? [];
      const end = found === undefined ? rest.length : rest.indexOf(found) + (open ? found.length : 0);
      if (end) parts.push(open ? make("i", {}, rest.slice(0, end)) : rest.slice(0, end));
      if (found?.startsWith("//")) return [...parts, make("i", {}, found)];
      if (found !== undefined) open = !open;
      rest = rest.slice(end);
    }
    return parts;
  };
}

function sourceText(source) {
  const coloured = comments();
  const turns = new Map();
  view.steps.forEach((step, place) => {
    if (step.file === source.file) turns.set(step.line, [...(turns.get(step.line) ?? []), place + 1]);
  });
  const boxed = new Set(view.data.picture.boxes.filter((box) => box.file === source.file).map((box) => box.line));
  const lines = source.lines.map((text, place) => {
    const line = source.first + place;
    const mine = key(source.file, line);
    const steps = turns.get(line) ?? [];
    const number = boxed.has(line)
      ? make("button", { type: "button", class: "number", "aria-label": `Line ${line}${steps.length ? `, step ${steps.join(" and ")}` : ""}`, onclick: () => steps.length && go(steps[0]) }, String(line))
      : make("span", { class: "number" }, String(line));
    const turn = make("span", { class: "turn", "aria-hidden": "true" }, steps.join(" "));
    const item = make("div", { class: "line" }, number, turn, make("code", {}, coloured(text)));
    if (boxed.has(line)) listen(item, () => lightLine(mine));
    view.lines.set(mine, item);
    return item;
  });
  return [make("div", { class: "name" }, source.file), make("div", { class: "code" }, lines)];
}

/** Calls `light` while the pointer is over an element or the keyboard's focus in it. */
function listen(element, light) {
  element.addEventListener("pointerenter", light);
  element.addEventListener("focusin", light);
  element.addEventListener("pointerleave", darken);
  element.addEventListener("focusout", darken);
}

/** Makes the boxes and edges of a drawn graph answer to pointer and keyboard. */
function wire(graph, picture) {
  const drawing = graph.querySelector("svg");
  drawing.setAttribute("role", "group"); // an image has no parts to go to
  drawing.style.minWidth = `${0.8 * drawing.getAttribute("width")}px`; // smaller it cannot be read: its pane scrolls
  for (const element of graph.querySelectorAll("[data-box]")) {
    const box = picture.boxes[element.dataset.box];
    const place = view.steps.findIndex((step) => step.number === Number(element.dataset.box));
    listen(element, () => lighten({ boxes: [Number(element.dataset.box)], lines: [key(box.file, box.line)] }));
    if (place >= 0) element.addEventListener("click", () => go(place + 1));
  }
  for (const element of graph.querySelectorAll("[data-edge]")) {
    const number = Number(element.dataset.edge);
    const edge = picture.edges[number];
    element.setAttribute("tabindex", edge.cycle ? 0 : -1);
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", edgeWords(picture, edge));
    const hit = element.querySelector("path").cloneNode(); // a line is thin: what surrounds it counts
    hit.setAttribute("class", "hit");
    element.append(hit);
    listen(element, () => lightEdge(number));
    element.addEventListener("click", () => pin(number));
  }
}

function boxWords(box) {
  return box.line ? `line ${box.line}` : box.code;
}

function edgeWords(picture, edge) {
  const ends = [edge.first, edge.second].map((number) => boxWords(picture.boxes[number]));
  return `${edge.relation}, ${ends[0]} to ${ends[1]}: ${edge.rule}`;
}

function edgeList(picture) {
  const item = (edge, number) => {
    const ends = [edge.first, edge.second].map((end) => boxWords(picture.boxes[end]));
    const button = make("button", { type: "button", "aria-pressed": "false", "data-pin": number, onclick: () => pin(number) }, make("b", {}, edge.relation), ` ${ends[0]} → ${ends[1]}`, make("span", { class: "quiet" }, edge.rule));
    const entry = make("li", { class: edge.cycle ? "cycle" : "" }, button);
    listen(entry, () => lightEdge(number));
    return entry;
  };
  const items = picture.edges.map(item);
  const cycle = items.filter((_, number) => picture.edges[number].cycle);
  const others = items.filter((_, number) => !picture.edges[number].cycle);
  const rest = others.length ? make("ul", { class: "edges" }, others) : null;
  return make(
    "div",
    {},
    cycle.length ? [make("h2", {}, "The cycle"), make("ul", { class: "edges" }, cycle)] : null,
    rest && cycle.length ? make("details", {}, make("summary", {}, `${counted(others.length, "other edge")}`), rest) : rest ? [make("h2", {}, "Edges"), rest] : null,
  );
}
