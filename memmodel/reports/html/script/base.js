// Helpers that all parts share. The whole script: the index and the tests in elements of type application/json in, the
// page out. Text from the report becomes text nodes and attributes only; the one piece of markup that is taken as such
// is the drawn graph.
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
