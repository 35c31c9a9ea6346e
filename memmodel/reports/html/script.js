// The index and the tests in elements of type application/json in, the page out. Text from the report becomes text
// nodes and attributes only; the one piece of markup that is taken as such is the drawn graph.
"use strict";

const byId = (id) => document.getElementById(id);
const report = JSON.parse(byId("index-data").textContent);
const tests = report.tests;

const WORST_FIRST = ["error", "fail", "race", "deadlock", "vacuous", "timeout", "bounded", "unsupported", "pass"];
const SEVERITY = new Map(WORST_FIRST.map((outcome, place) => [outcome, place]));

/** An element with attributes (`onclick` and the like are listeners; null and false are left out) and children. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return element;
}

const counted = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;
const badge = (outcome) => make("span", { class: `badge ${outcome}` }, outcome);

// ---------------------------------------------------------------------------------------------------------- addresses

/** What stands behind # for a text: any address in which a person writes it leads to the same. */
function encoded(text) {
  return encodeURIComponent(text.toWellFormed ? text.toWellFormed() : text).replaceAll("%2F", "/");
}

function decoded(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

const addresses = [];
const numbers = new Map();
tests.forEach((test, number) => {
  let address = encoded(test.file);
  for (let again = 2; numbers.has(address); again++) address = encoded(`${test.file}#${again}`);
  addresses.push(address);
  numbers.set(address, number);
});

// -------------------------------------------------------------------------------------------------------------- index

const chosen = { outcomes: new Set(), search: "", rule: "", model: "", order: "" };
const rows = tests.map((test, number) => row(test, number));
const haystacks = tests.map((test) =>
  [test.file, test.name, test.outcome, test.observation, test.reason, ...test.codes, ...test.flags].join("\n").toLowerCase(),
);
let listed = tests.map((_, number) => number);

function row(test, number) {
  const marks = [...test.codes, ...test.flags].map((mark) => make("span", { class: "mark" }, mark));
  return make(
    "li",
    {},
    make(
      "a",
      { class: "row", href: `#${addresses[number]}`, "data-number": number },
      badge(test.outcome),
      make("span", { class: "file" }, test.file),
      make("span", { class: "seen" }, test.observation || "–"),
      make("span", { class: "marks" }, marks),
      make("span", { class: "time" }, test.seconds === null ? "" : `${test.seconds.toFixed(2)} s`),
      test.reason ? make("span", { class: "why" }, test.reason) : null,
    ),
  );
}

function prepareIndex() {
  const models = [...new Set(tests.map((test) => test.model))].sort();
  document.title = report.title;
  byId("title").textContent = report.title;
  byId("about").textContent = [
    counted(tests.length, "test"),
    models.length === 1 ? `under ${models[0]}` : counted(models.length, "model"),
    `${report.seconds} s`,
    `memmodel ${report.version}`,
  ].join(" · ");
  byId("interrupted").hidden = !report.interrupted;
  byId("models").hidden = models.length < 2;
  models.forEach((model) => byId("model").append(make("option", { value: model }, model)));
  const counts = countsOf((test) => [test.outcome]);
  for (const outcome of WORST_FIRST.filter((one) => counts.has(one))) {
    const share = counts.get(outcome);
    byId("bar").append(make("span", { class: outcome }));
    byId("bar").lastChild.style.flexGrow = share;
    const chip = { type: "button", class: `chip ${outcome}`, "aria-pressed": "false", "data-outcome": outcome };
    byId("outcomes").append(make("button", { ...chip, onclick: toggle }, `${outcome} `, make("b", {}, String(share))));
  }
  const marks = [...countsOf((test) => [...test.codes, ...test.flags])].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [mark, count] of marks) {
    const rule = report.rules[mark];
    byId("rule").append(make("option", { value: mark }, `${mark}${rule ? ` ${rule.name}` : ""} (${count})`));
  }
  for (const name of ["search", "rule", "model", "order"]) {
    byId(name).addEventListener("input", () => choose({ [name]: byId(name).value }));
  }
  byId("reset").addEventListener("click", () => {
    choose({ outcomes: new Set(), search: "", rule: "", model: "" });
    byId("search").focus();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

/** How many tests have each of the words that `words` gives for a test. */
function countsOf(words) {
  const counts = new Map();
  tests.flatMap(words).forEach((word) => counts.set(word, (counts.get(word) ?? 0) + 1));
  return counts;
}

function toggle(event) {
  const { outcome } = event.currentTarget.dataset;
  const outcomes = new Set(chosen.outcomes);
  if (!outcomes.delete(outcome)) outcomes.add(outcome);
  choose({ outcomes });
}

function choose(changes) {
  Object.assign(chosen, changes);
  list();
  try {
    history.replaceState(null, "", filterAddress());
  } catch {
    // Some browsers keep the address of a file as it is. The filters work all the same.
  }
}

function filterAddress() {
  const { outcomes, ...words } = chosen;
  const parts = new URLSearchParams(Object.entries(words).filter(([, value]) => value));
  if (outcomes.size) parts.set("outcome", [...outcomes].join(","));
  return `#?${parts}`;
}

function readFilters(hash) {
  const parts = new URLSearchParams(hash.replace(/^\?/, ""));
  for (const name of ["search", "rule", "model", "order"]) chosen[name] = parts.get(name) ?? "";
  chosen.outcomes = new Set((parts.get("outcome") ?? "").split(",").filter((one) => SEVERITY.has(one)));
}

/** Shows the rows that fit what is chosen, in the order chosen. */
function list() {
  const words = chosen.search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (test, number) =>
    (!chosen.outcomes.size || chosen.outcomes.has(test.outcome)) &&
    (!chosen.rule || test.codes.includes(chosen.rule) || test.flags.includes(chosen.rule)) &&
    (!chosen.model || test.model === chosen.model) &&
    words.every((word) => haystacks[number].includes(word));
  listed = tests.map((_, number) => number).filter((number) => fits(tests[number], number));
  const before = {
    "": (one, other) => SEVERITY.get(tests[one].outcome) - SEVERITY.get(tests[other].outcome),
    file: (one, other) => tests[one].file.localeCompare(tests[other].file, "en", { numeric: true }),
    time: (one, other) => tests[other].seconds - tests[one].seconds,
  }[chosen.order];
  if (before) listed.sort(before);
  byId("rows").replaceChildren(...listed.map((number) => rows[number]));
  const all = listed.length === tests.length;
  byId("count").textContent = all
    ? `All ${counted(tests.length, "test")}`
    : listed.length
      ? `${listed.length} of ${counted(tests.length, "test")}`
      : "No test fits: “Show all” takes the filters away";
  byId("reset").hidden = all;
  for (const name of ["search", "rule", "model", "order"]) {
    if (byId(name).value !== chosen[name]) byId(name).value = chosen[name];
  }
  for (const chip of byId("outcomes").children) {
    chip.setAttribute("aria-pressed", String(chosen.outcomes.has(chip.dataset.outcome)));
  }
}

// ------------------------------------------------------------------------------------------------------------- a test

/** What is on show: the details of a test, its elements that belong together, and the step that it is at. */
let view = null;

function show(number) {
  const test = tests[number];
  const data = JSON.parse(byId(`test-${number}`).textContent);
  view = { number, data, steps: stepsOf(data), at: 0, pinned: null, lines: new Map(), graph: null, told: null };
  document.title = `${test.file} · ${report.title}`;
  byId("content").replaceChildren(...heading(test, data), ...findings(data), ...stage(data), ...below(data));
  link(byId("previous"), neighbour(-1));
  link(byId("next"), neighbour(1));
  byId("back").href = filterAddress();
  const place = listed.indexOf(number);
  byId("position").textContent = place < 0 ? "" : `${place + 1} of ${listed.length}`;
  go(0);
}

function neighbour(distance) {
  const place = listed.indexOf(view.number);
  return place < 0 ? undefined : listed[place + distance];
}

function link(anchor, number) {
  if (number === undefined) anchor.removeAttribute("href");
  else anchor.href = `#${addresses[number]}`;
}

function heading(test, data) {
  const facts = [
    ["Found", [test.observation || "no verdict", data.bounded ? ", up to a loop bound" : ""].join("")],
    ["Expected", data.expected],
    ["Model", test.model],
    ["Engine", data.engine],
    ["Flags", test.flags.join(", ")],
    ["Executions", data.executions ? `${data.executions[0]} with the condition, ${data.executions[1]} without` : ""],
    ["Time", test.seconds === null ? "" : `${test.seconds.toFixed(3)} s${test.cached ? ", found by an earlier run" : ""}`],
  ];
  return [
    make("h1", { tabindex: -1, id: "headline" }, test.outcome ? badge(test.outcome) : null, " ", test.file),
    data.says ? make("p", {}, data.says) : null,
    data.condition ? make("p", { class: "condition" }, make("code", {}, data.condition)) : null,
    make(
      "dl",
      { class: "facts" },
      facts.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
    ),
    (data.changed ?? []).length
      ? make("ul", { class: "note" }, data.changed.map((change) => make("li", {}, change)))
      : null,
  ].filter(Boolean);
}

function findings(data) {
  return (data.diagnostics ?? []).map((item) =>
    make(
      "article",
      { class: `finding ${item.suppressed === null ? item.severity : "suppressed"}` },
      make(
        "p",
        {},
        make("strong", {}, item.suppressed === null ? item.severity : "suppressed"),
        " ",
        item.code ? make("abbr", { class: "mark", title: report.rules[item.code]?.summary ?? "" }, ruleName(item.code)) : null,
        " ",
        item.place ? at(item.place) : null,
      ),
      make("p", { class: "message" }, item.message),
      item.place && !data.picture ? make("pre", {}, `${item.place.excerpt}\n${item.place.caret}`) : null,
      item.hint ? make("p", { class: "quiet" }, item.hint) : null,
      item.suppressed ? make("p", { class: "quiet" }, `Not to be told: ${item.suppressed}`) : null,
      item.related.length
        ? make("ul", {}, item.related.map((one) => make("li", {}, at(one.place), ` ${one.label}`)))
        : null,
    ),
  );
}

const ruleName = (code) => (report.rules[code] ? `${code} ${report.rules[code].name}` : code);

/** A place in the source: a button where the source is on show, words elsewhere. */
function at(place) {
  const where = `${place.file}:${place.line}:${place.column}`;
  const shown = (view.data.picture?.sources ?? []).some(
    (one) => one.file === place.file && place.line >= one.first && place.line < one.first + one.lines.length,
  );
  if (!shown) return make("code", { class: "place" }, where);
  const light = () => lighten({ lines: [key(place.file, place.line)] });
  return make("button", { type: "button", class: "place", onclick: () => reveal(place), onpointerenter: light, onfocus: light, onpointerleave: darken, onblur: darken }, where);
}

function below(data) {
  const sections = [];
  const add = (title, ...content) => sections.push(make("section", {}, make("h2", {}, title), ...content));
  if (data.diff?.length || data.remedy) {
    add("A change that answers it", data.remedy ? make("p", {}, data.remedy) : "", diff(data.diff));
  }
  if (data.counterexample && !data.states) add("A final state without the condition", states([data.counterexample]));
  else if (data.witness && !data.states) add("A final state with the condition", states([data.witness]));
  if (data.states) add("Final states", data.states.length ? states(data.states) : make("p", {}, "None: no execution ends."));
  if (data.commands?.length) add("See it again", ...data.commands.map(command));
  return sections;
}

function diff(lines) {
  const block = make("div", { class: "diff", tabindex: 0, role: "group", "aria-label": "Change" });
  let file = null;
  for (const line of lines) {
    if (line.file !== file) block.append(make("div", { class: "name" }, (file = line.file)));
    const kind = { "-": "gone", "+": "new", "@": "gap" }[line.sign] ?? "same";
    const sign = { gone: "removed: ", new: "added: " }[kind];
    block.append(
      make(
        "div",
        { class: kind },
        make("span", { class: "number" }, line.line ? String(line.line) : "⋯"),
        sign ? make("span", { class: "spoken" }, sign) : null,
        make("code", {}, line.sign === "@" ? "" : `${line.sign} ${line.text}`),
      ),
    );
  }
  return block;
}

function states(all) {
  const labels = [...new Set(all.flatMap((state) => state.map(([label]) => label)))];
  const head = make("tr", {}, labels.map((label) => make("th", { scope: "col" }, label)));
  const cells = (state) => labels.map((label) => make("td", {}, new Map(state).get(label) ?? ""));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, all.map((state) => make("tr", {}, cells(state)))));
  return make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "States" }, table);
}

function command(words) {
  const code = make("code", {}, words);
  const copy = async (event) => {
    const button = event.currentTarget;
    getSelection().selectAllChildren(code);
    const done = await navigator.clipboard?.writeText(words).then(() => true, () => false);
    button.textContent = done ? "Copied" : "Selected";
  };
  return make("div", { class: "command" }, code, make("button", { type: "button", onclick: copy, "aria-label": `Copy: ${words}` }, "Copy"));
}

// --------------------------------------------------------------------------------------------- source, graph and steps

const key = (file, line) => `${line} ${file}`;

/** The execution step by step: the boxes of the picture, or what the report tells of it without one. */
function stepsOf(data) {
  const { boxes = [], threads = [] } = data.picture ?? {};
  const turns = boxes.map((box, number) => ({ ...box, number })).filter((box) => box.step > 0);
  if (!turns.length) {
    return (data.steps ?? []).map((step) => ({ who: step.thread, code: step.text, effects: [], number: null, file: step.place?.file, line: step.place?.line ?? 0, reordered: step.reordered }));
  }
  return turns.sort((one, other) => one.step - other.step).map((box) => ({ ...box, who: threads[box.thread] ?? "" }));
}

function stage(data) {
  const picture = data.picture;
  if (!picture && !view.steps.length) return [];
  const parts = [];
  if (view.steps.length) parts.push(stepper());
  if (picture) {
    const source = make("div", { class: "pane source", id: "source", tabindex: 0, role: "region", "aria-label": "Source" }, picture.sources.map(sourceText));
    const graph = make("div", { class: "pane graph", id: "graph", tabindex: 0, role: "region", "aria-label": "Execution graph" });
    graph.innerHTML = picture.graph;
    view.graph = graph;
    wire(graph, picture);
    view.told = make("p", { class: "told", id: "told" });
    const drawn = make("div", { class: "drawn" }, graph, view.told);
    parts.push(make("p", { class: "caption" }, picture.caption), make("div", { class: "panes" }, source, drawn));
    untell();
  }
  parts.push(make("div", { class: "lists" }, stepList(), picture?.edges.length ? edgeList(picture) : null));
  return [make("section", { class: "stage", "aria-label": "An execution" }, parts)];
}

function sourceText(source) {
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
    const item = make("div", { class: boxed.has(line) ? "line boxed" : "line" }, number, turn, make("code", {}, text || " "));
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
  graph.querySelector("svg").setAttribute("role", "group"); // an image has no parts to go to
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

function stepper() {
  const button = (label, words, to) => make("button", { type: "button", "aria-label": words, title: words, onclick: () => go(to()) }, label);
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

// ----------------------------------------------------------------------------------------------- from page to page

let left = null; // the place in the list that it is left at

function route() {
  const hash = location.hash.slice(1);
  const number = report.single ? 0 : numbers.get(encoded(decoded(hash)));
  if (byId("help").open) byId("help").close();
  if (number !== undefined && (hash || report.single)) {
    if (!byId("index").hidden) left = scrollY;
    byId("index").hidden = true;
    byId("test").hidden = false;
    show(number);
    scrollTo(0, 0);
    byId("headline").focus({ preventScroll: true });
    return;
  }
  const from = view?.number;
  view = null;
  document.title = report.title;
  byId("test").hidden = true;
  byId("index").hidden = false;
  byId("content").replaceChildren();
  readFilters(hash.startsWith("?") ? hash : "");
  list();
  if (hash && !hash.startsWith("?")) byId("count").textContent += ` – there is no test ${decoded(hash)} in this report`;
  if (left !== null) scrollTo(0, left);
  if (from !== undefined) rows[from].firstChild.focus({ preventScroll: left !== null });
}

function move(distance) {
  const links = listed.map((number) => rows[number].firstChild);
  const place = links.indexOf(document.activeElement);
  const next = place < 0 ? (distance > 0 ? 0 : -1) : place + distance;
  links[next]?.focus();
}

const INDEX_KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  "/": () => byId("search").focus(),
};

const TEST_KEYS = {
  ArrowRight: () => go(view.at + 1),
  ArrowLeft: () => go(view.at - 1),
  Home: () => go(0),
  End: () => go(view.steps.length),
  j: () => follow(neighbour(1)),
  k: () => follow(neighbour(-1)),
  Escape: () => (view.pinned === null ? leave() : pin(view.pinned)),
};

function follow(number) {
  if (number !== undefined) location.hash = addresses[number];
}

function leave() {
  if (!report.single) location.hash = filterAddress();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const typing = event.target instanceof HTMLInputElement;
  if (typing && event.key === "Escape") choose({ search: "" });
  else if (event.target instanceof HTMLSelectElement || (typing && event.key !== "ArrowDown")) return;
  else if (event.key === "?") byId("help").showModal();
  else {
    const steps = ["ArrowRight", "ArrowLeft", "Home", "End"].includes(event.key);
    const act = view ? TEST_KEYS[event.key] : INDEX_KEYS[event.key];
    if (!act || (view && steps && !view.steps.length)) return;
    act();
  }
  event.preventDefault();
}

byId("reading").remove();
prepareIndex();
for (const part of ["back", "previous", "position", "next"]) byId(part).hidden = Boolean(report.single);
document.querySelectorAll("[data-help]").forEach((button) => button.addEventListener("click", () => byId("help").showModal()));
document.addEventListener("keydown", press);
addEventListener("hashchange", route);
route();
