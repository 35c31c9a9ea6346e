// Addresses and keys in, the list or a test out.

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
  ArrowRight: () => walk(view.at + 1),
  ArrowLeft: () => walk(view.at - 1),
  Home: () => walk(0),
  End: () => walk(view.steps.length),
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
for (const part of ["back", "previous", "position", "next", "list-keys"]) byId(part).hidden = Boolean(report.single);
document.querySelectorAll("[data-help]").forEach((button) => button.addEventListener("click", () => byId("help").showModal()));
document.addEventListener("keydown", press);
addEventListener("hashchange", route);
route();
