// The list of tests: rows, filters, order.

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
      test.reason ? make("span", { class: "why" }, test.reason.replace(`${test.file}:`, "")) : null,
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
  const shown = listed.map((number) => rows[number]);
  const { children } = byId("rows");
  if (shown.length !== children.length || shown.some((one, place) => one !== children[place])) {
    byId("rows").replaceChildren(...shown);
  }
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
