// Lines, boxes and edges that belong together light up together.

function lightEdge(number) {
  const { boxes, edges } = view.data.picture;
  const edge = edges[number];
  const ends = [edge.first, edge.second];
  lighten({ boxes: ends, edges: [number], lines: ends.map((end) => key(boxes[end].file, boxes[end].line)) });
  const words = ends.map((end) => boxWords(boxes[end]));
  view.told?.replaceChildren(make("b", {}, edge.relation), ` ${words[0]} → ${words[1]}: ${edge.rule}`);
}

function lightLine(mine) {
  const boxes = view.data.picture.boxes.flatMap((box, number) => (key(box.file, box.line) === mine ? [number] : []));
  lighten({ boxes, lines: [mine] });
}

/** Lights up what is named, and nothing else. */
function lighten({ boxes = [], edges = [], lines = [] }) {
  unlight();
  for (const number of boxes) view.graph?.querySelector(`[data-box="${number}"]`)?.classList.add("lit");
  for (const number of edges) view.graph?.querySelector(`[data-edge="${number}"]`)?.classList.add("lit");
  for (const line of lines) view.lines.get(line)?.classList.add("lit");
}

function unlight() {
  for (const element of byId("content").querySelectorAll(".lit")) element.classList.remove("lit");
}

function darken() {
  unlight();
  untell();
  if (view.pinned !== null) lightEdge(view.pinned);
}

function untell() {
  view.told?.replaceChildren("Point at an edge, or choose one below: the lines that it joins light up, and its rule is told here.");
}

/** Keeps an edge lit until it, or another one, is chosen. */
function pin(number) {
  view.pinned = view.pinned === number ? null : number;
  for (const button of byId("content").querySelectorAll("[data-pin]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.pin) === view.pinned));
  }
  if (view.pinned === null) darken();
  else lightEdge(number);
}
