// One test: what is found, and what to do about it.

/** What is on show: the details of a test, its elements that belong together, and the step that it is at. */
let view = null;

function show(number) {
  const test = tests[number];
  const data = JSON.parse(byId(`test-${number}`).textContent);
  view = { number, data, steps: stepsOf(data), at: 0, pinned: null, lines: new Map(), graph: null, told: null };
  document.title = report.single ? report.title : `${test.file} · ${report.title}`;
  byId("content").replaceChildren(...heading(test, data), ...findings(data), ...stage(data), ...below(data));
  link(byId("previous"), neighbour(-1));
  link(byId("next"), neighbour(1));
  byId("back").href = filterAddress();
  const place = listed.indexOf(number);
  byId("position").textContent = place < 0 ? "" : `${place + 1} of ${listed.length}`;
  go(0);
  const first = byId("source")?.querySelector("button.number");
  if (first) byId("source").scrollTop = first.parentElement.offsetTop - 72; // past the comment
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
    ["Forbidden by", data.picture?.axiom],
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
  if (data.machines) add("On machines of today", ...machines(data.machines));
  const { state = [], allowed } = data.picture ?? {};
  if (state.length) add(allowed ? "How it ends" : "How it would end", states([state]));
  else if (data.counterexample?.length) add("A final state without the condition", states([data.counterexample]));
  else if (data.witness?.length) add("A final state with the condition", states([data.witness]));
  if (data.states) add("All final states", data.states.length ? states(data.states) : make("p", {}, "None: no execution ends."));
  if (data.commands?.length) add("See it again", ...data.commands.map(command));
  return sections;
}

/** Which architectures show the outcome, in words, and how in the instructions of the weakest. */
function machines({ cells, observable, notes, where, execution }) {
  const row = (kind, words, scope) => make("tr", {}, words.map((word) => make(kind, scope, word)));
  const head = make("thead", {}, row("th", cells.map(([name]) => name), { scope: "col" }));
  const table = make("table", {}, head, make("tbody", {}, row("td", cells.map(([, word]) => word), {})));
  return [
    make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Architectures" }, table),
    observable ? make("p", {}, observable) : null,
    ...notes.map((note) => make("p", { class: "quiet" }, note)),
    where ? make("p", {}, `On ${where}, in this order things become visible:`) : null,
    where ? make("pre", { tabindex: 0 }, execution.join("\n")) : null,
  ].filter(Boolean);
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
