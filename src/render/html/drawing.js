// Making elements, and text with what was searched for marked in it. Data reaches the document as text only.

// Elements

/** An element: properties that exist are set, others become attributes; `null` children are left out. */
function make(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

const SVG = "http://www.w3.org/2000/svg";

function makeSvg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.setAttribute("class", value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && element.namespaceURI !== SVG) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

const byId = (identifier) => document.getElementById(identifier);

/** A sign in its colour. The words beside it say the same. */
function symbol(text) {
  return make("span", { class: "symbol", "aria-hidden": "true", textContent: text });
}

function icon(path) {
  return makeSvg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, makeSvg("path", { d: path }));
}

const LINK_ICON = "M6.5 9.5l3-3M7.5 4.5l1.6-1.6a2.8 2.8 0 014 4L11.5 8.5M8.5 11.5l-1.6 1.6a2.8 2.8 0 01-4-4L4.500 7.500";
const GRAPH_ICON = "M2 3.500h4v4H2zM10 1.500h4v4h-4zM10 10.500h4v4h-4zM6 5.500h2.500v-2H10M8.500 5.500v7H10";

// Text with what was searched for marked in it

/** Where the terms occur, as ranges in order that do not overlap. */
function rangesOf(text, terms) {
  const lower = text.toLowerCase();
  // A few letters are longer in lower case; marks would be in the wrong places.
  if (!terms.length || lower.length !== text.length) return [];
  const found = [];
  for (const term of terms) {
    for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + term.length)) found.push([at, at + term.length]);
  }
  found.sort((left, right) => left[0] - right[0]);
  const merged = [];
  for (const range of found) {
    const last = merged[merged.length - 1];
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

/** Appends pieces `{ text, tone }`; a match may begin in one piece and end in another. */
function appendPieces(parent, pieces, terms) {
  const ranges = rangesOf(pieces.map((piece) => piece.text).join(""), terms);
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.text.length;
    const target = piece.tone ? make("span", { class: piece.tone }) : parent;
    let at = start;
    for (const [from, to] of ranges) {
      if (to <= at || from >= end) continue;
      if (from > at) target.append(piece.text.slice(at - start, from - start));
      const markEnd = Math.min(to, end);
      target.append(make("mark", { textContent: piece.text.slice(Math.max(from, at) - start, markEnd - start) }));
      at = markEnd;
    }
    if (at < end) target.append(piece.text.slice(at - start));
    if (target !== parent) parent.append(target);
    start = end;
  }
}
