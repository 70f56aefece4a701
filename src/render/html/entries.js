// One object with what happens to it.

/** Whether every line changes in the same way, so that its colour would say nothing. */
function isMixed(entry) {
  return entry.section === "drift" ? entry.kind !== "destroy" : ["change", "replace"].includes(entry.kind);
}

function wordOf(entry) {
  if (entry.section === "drift") {
    return { destroy: "deleted outside", create: "created outside", move: "moved" }[entry.kind] || "changed outside";
  }
  if (entry.section === "waiting") return `waits to ${KINDS[entry.kind].word}`;
  return WORDS_OF_ACTION[entry.change.action] || KINDS[entry.kind].word;
}

/** Why, from where, and what else is to be known about an object; `null` if nothing is. */
function drawWhy(entry) {
  const { change } = entry;
  const parts = [
    change.reason && make("strong", { textContent: change.reason }),
    change.cause && make("code", { textContent: change.cause }),
    change.deposed && make("span", {}, "deposed object ", make("code", { textContent: change.deposed })),
    hasMoved(change) && make("span", {}, "moved from ", make("code", { textContent: change.previous_address })),
    change.importing != null && make("span", {}, "imported from ", make("code", { textContent: change.importing })),
  ].filter(Boolean);
  return parts.length ? make("p", { class: "why" }, ...parts) : null;
}

/** The address in a group: without its module, and with the type dimmed, for names are what is looked for. */
function drawAddress(element, entry, terms) {
  const { type } = entry.change;
  const at = type ? entry.local.indexOf(`${type}.`) : -1;
  const split = at < 0 ? 0 : at + type.length + 1;
  element.replaceChildren();
  appendPieces(element, [{ text: entry.local.slice(0, split), tone: "type" }, { text: entry.local.slice(split) }].filter((piece) => piece.text), terms);
}

function linkTo(entry) {
  return `#${encodeURI(entry.anchor).replaceAll("#", "%23")}`;
}

function buildEntry(entry, page) {
  const address = make("span", { class: "address", title: entry.change.address });
  const toggle = make(
    "button",
    { type: "button", class: "entry-toggle", "aria-expanded": "false", "aria-controls": `${entry.identifier}-body`, onclick: () => page.open(entry, !entry.isOpen) },
    make("span", { class: "caret", "aria-hidden": "true" }),
    symbol(symbolOf(entry.change, entry.kind)),
    address,
    make("span", { class: "word", textContent: wordOf(entry) }),
  );
  const body = make("div", { class: "entry-body", id: `${entry.identifier}-body`, hidden: true });
  const classes = ["entry", `kind-${entry.kind}`, entry.section === "change" && isDestructive(entry) && "is-destructive"];
  entry.element = make(
    "article",
    { class: classes.filter(Boolean).join(" "), id: entry.identifier },
    make("div", { class: "entry-head" }, make("h4", { class: "entry-title" }, toggle), drawEntryLinks(entry, page)),
    drawWhy(entry),
    body,
  );
  entry.parts = { address, toggle, body };
  entry.drawnTerms = null;
  entry.bodyTerms = null;
}

function drawEntryLinks(entry, page) {
  if (entry.section !== "change") return null;
  const { address } = entry.change;
  const show = make("button", { type: "button", title: "Show in the graph", "aria-label": `Show ${address} in the graph`, onclick: () => page.showInGraph(entry) }, icon(GRAPH_ICON));
  const link = make("a", { href: linkTo(entry), title: "Link to this change", "aria-label": `Link to ${address}` }, icon(LINK_ICON));
  return make("div", { class: "entry-links" }, page.hasGraph ? show : null, link);
}

function drawBody(entry, page) {
  const { text } = entry.change;
  const difference = text
    ? drawDifference(text, { isMixed: isMixed(entry), isWhole: page.isPrinting, terms: page.terms, folding: entry })
    : make("p", { class: "why", textContent: "Nothing of it changes." });
  entry.parts.body.replaceChildren(difference, ...(entry.section === "change" ? [drawRelations(entry, page)].filter(Boolean) : []));
  entry.bodyTerms = page.termsKey;
}

/** The graph in words: the same for those who do not see it. */
function drawRelations(entry, page) {
  const { model } = page;
  const list = (positions) => positions.map((position) => model.changes[position]);
  const relations = [["Uses", list(model.uses[entry.position])], ["Used by", list(model.usedBy[entry.position])]];
  const shown = relations.filter(([, entries]) => entries.length);
  if (!shown.length) return null;
  return make("dl", { class: "relations" }, ...shown.map(([term, entries]) => make("div", {}, make("dt", { textContent: `${term}:` }), drawLinks(entries))));
}

const LINKS_SHOWN = 6;

function drawLinks(entries) {
  const links = entries.map((entry) => make("a", { href: linkTo(entry), textContent: entry.change.address }));
  const definition = make("dd", {}, ...links.slice(0, LINKS_SHOWN));
  if (links.length > LINKS_SHOWN + 1) {
    const more = make("button", { type: "button", class: "link-button", textContent: `${numbers.format(links.length - LINKS_SHOWN)} more`, onclick: () => more.replaceWith(...links.slice(LINKS_SHOWN)) });
    definition.append(more);
  } else {
    definition.append(...links.slice(LINKS_SHOWN));
  }
  return definition;
}
