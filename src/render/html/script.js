"use strict";

// Draws the plan that stands in the element #plan as JSON. From top to bottom: what there is (kinds, the model of a plan),
// drawing text (marks, differences), the sections, the dependency graph (what it shows, its layout, its view), and the
// page, which ties them together. Data reaches the document as text only, never as markup.
(() => {
  // ---------------------------------------------------------------------------------------------------------------
  // Kinds: what happens to an object, in the words of the page

  /** In the order of the filters. `rank` orders entries: what destroys comes first. */
  const KINDS = {
    create: { symbol: "+", word: "create", words: "created", rank: 6 },
    change: { symbol: "~", word: "change", words: "changed in place", rank: 3 },
    replace: { symbol: "-/+", word: "replace", words: "replaced", rank: 0 },
    destroy: { symbol: "-", word: "destroy", words: "destroyed", rank: 1 },
    read: { symbol: "<=", word: "read", words: "read", rank: 7 },
    import: { symbol: "↓", word: "import", words: "imported", rank: 4 },
    forget: { symbol: ".", word: "forget", words: "forgotten", rank: 2 },
    move: { symbol: "→", word: "move", words: "moved", rank: 5 },
    unchanged: { symbol: "=", word: "unchanged", words: "unchanged", rank: 8 },
  };

  const KIND_OF_ACTION = {
    create: "create",
    update: "change",
    delete: "destroy",
    "delete-then-create": "replace",
    "create-then-delete": "replace",
    read: "read",
    forget: "forget",
  };

  const WORDS_OF_ACTION = {
    create: "create",
    update: "change in place",
    delete: "destroy",
    "delete-then-create": "destroy, then create",
    "create-then-delete": "create, then destroy",
    read: "read during apply",
    forget: "forget, not destroy",
  };

  const numbers = new Intl.NumberFormat("en");

  function hasMoved(change) {
    return Boolean(change.previous_address) && change.previous_address !== change.address;
  }

  function kindOf(change) {
    const kind = KIND_OF_ACTION[change.action];
    if (kind) return kind;
    if (change.importing != null) return "import";
    return hasMoved(change) ? "move" : "unchanged";
  }

  /** The kinds whose filters show a change: an imported object can be changed as well. */
  function facetsOf(change, kind) {
    const facets = new Set([kind]);
    if (change.importing != null) facets.add("import");
    if (hasMoved(change)) facets.add("move");
    return facets;
  }

  function symbolOf(change, kind) {
    return change.action === "create-then-delete" ? "+/-" : KINDS[kind].symbol;
  }

  function isDestructive(entry) {
    return entry.kind === "replace" || entry.kind === "destroy";
  }

  function counted(count, one, many = `${one}s`) {
    return `${numbers.format(count)} ${count === 1 ? one : many}`;
  }

  // ---------------------------------------------------------------------------------------------------------------
  // The model of a plan

  function readPlan() {
    try {
      const plan = JSON.parse(document.getElementById("plan").textContent);
      return plan && typeof plan === "object" ? plan : null;
    } catch {
      return null;
    }
  }

  /** What the page keeps about one object in one section. Its elements are made when they are first shown. */
  function entryOf(change, section, position) {
    const kind = kindOf(change);
    const module = change.module || "";
    return {
      section,
      change,
      kind,
      module,
      identifier: `${section}-${position}`,
      position,
      facets: facetsOf(change, kind),
      local: module && change.address.startsWith(`${module}.`) ? change.address.slice(module.length + 1) : change.address,
      anchor: change.deposed ? `${change.address}@${change.deposed}` : change.address,
      named: [change.address, change.type, change.deposed, change.previous_address].filter(Boolean).join("\n").toLowerCase(),
      searched: null,
      isOpen: false,
      isUnfolded: false,
      element: null,
    };
  }

  function modelOf(plan) {
    const entries = (changes, section) => (changes || []).map((change, position) => entryOf(change, section, position));
    const model = {
      plan,
      changes: entries(plan.changes, "change"),
      drift: entries(plan.drift, "drift"),
      waiting: entries(plan.waiting, "waiting"),
      outputs: (plan.outputs || []).filter((output) => output.action !== "no-op"),
    };
    const count = model.changes.length;
    model.uses = Array.from({ length: count }, () => []);
    model.usedBy = Array.from({ length: count }, () => []);
    for (const [from, to] of uniqueEdges(plan.edges || [], count)) {
      model.uses[from].push(to);
      model.usedBy[to].push(from);
    }
    model.changed = model.changes.filter((entry) => entry.kind !== "unchanged");
    return model;
  }

  /** The edges between `count` objects, without loops and repetitions. */
  function uniqueEdges(edges, count) {
    const seen = new Set();
    return edges.filter(([from, to]) => {
      const key = from * count + to;
      const isGood = from !== to && from >= 0 && to >= 0 && from < count && to < count && !seen.has(key);
      seen.add(key);
      return isGood;
    });
  }

  // ---------------------------------------------------------------------------------------------------------------
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

  // ---------------------------------------------------------------------------------------------------------------
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

  // ---------------------------------------------------------------------------------------------------------------
  // Differences

  const LINES_SHOWN = 24;
  /** Hiding fewer lines than this is not worth a click. */
  const LINES_HIDDEN_MIN = 6;
  const CHARACTERS_SHOWN = 480;
  const CHARACTERS_HIDDEN_MIN = 160;

  const TONE_OF_SIGN = { "+": "add", "-": "remove", "~": "change", "-/+": "replace", "+/-": "replace", "<=": "read" };
  const SIGN = /^(-\/\+|\+\/-|<=|[-+~])(?= |$)/;
  const REMARK_IN_TEXT = /^# \((\d+ unchanged|the text )/;

  /** The lines of a difference: indentation, sign, the tone of both and the rest. */
  function linesOf(text) {
    let document = null;
    return text.replace(/\n$/, "").split("\n").map((whole) => {
      const indent = whole.length - whole.trimStart().length;
      const trimmed = whole.slice(indent);
      const line = { whole, indent, sign: "", tone: "context", rest: trimmed, isText: document !== null };
      if (document && trimmed.startsWith(document.marker)) {
        document = null;
        line.isText = false;
      }
      if (document) return lineInDocument(line, document);
      const sign = SIGN.exec(trimmed);
      if (sign) {
        line.sign = sign[1];
        line.rest = trimmed.slice(sign[1].length);
        line.tone = TONE_OF_SIGN[sign[1]];
      } else if (trimmed.startsWith("#")) {
        line.tone = "remark";
      }
      document = documentAfter(line);
      return line;
    });
  }

  /** The text of several lines that begins at the end of a line, if one does. Its lines are content: a `-` or a `#` in
      them is a sign only in the column that the writer of differences keeps for signs. */
  function documentAfter(line) {
    const opened = /<<-?([A-Za-z_]\w*)( #.*)?$/.exec(line.rest);
    if (!opened) return null;
    const signColumn = line.sign ? line.indent + line.sign.length - 1 : line.indent - 2;
    return { marker: opened[1], contentColumn: signColumn + 6, tone: line.sign === "~" ? "context" : line.tone };
  }

  function lineInDocument(line, document) {
    const sign = line.indent < document.contentColumn ? SIGN.exec(line.rest) : null;
    if (sign) {
      line.sign = sign[1];
      line.rest = line.rest.slice(sign[1].length);
      line.tone = TONE_OF_SIGN[sign[1]];
    } else {
      line.tone = REMARK_IN_TEXT.test(line.rest) ? "remark" : document.tone;
    }
    return line;
  }

  const TOKEN = /"(?:[^"\\]|\\.)*"|# forces replacement|# whitespace changes|\(known after apply\)|\(sensitive value\)|->/g;
  const TONE_OF_TOKEN = {
    "# forces replacement": "forces",
    "# whitespace changes": "remark",
    "(known after apply)": "unknown",
    "(sensitive value)": "unknown",
    "->": "arrow",
  };

  /** The rest of a line in pieces. Text in quotes is never taken for anything else. */
  function piecesOf(line) {
    if (line.isText || line.tone === "remark") return [{ text: line.rest }];
    const pieces = [];
    let at = 0;
    for (const token of line.rest.matchAll(TOKEN)) {
      if (token.index > at) pieces.push({ text: line.rest.slice(at, token.index) });
      pieces.push({ text: token[0], tone: TONE_OF_TOKEN[token[0]] });
      at = token.index + token[0].length;
    }
    if (at < line.rest.length) pieces.push({ text: line.rest.slice(at) });
    return line.sign === "~" ? withSides(pieces) : pieces;
  }

  /** Tells the value before the arrow from the value after it. */
  function withSides(pieces) {
    const arrow = pieces.findIndex((piece) => piece.tone === "arrow");
    const equals = pieces.findIndex((piece) => !piece.tone && /(^|\s)=\s/.test(piece.text));
    if (arrow < 0) return pieces;
    return pieces.flatMap((piece, position) => {
      if (piece.tone) return [piece];
      if (position > arrow) return [{ text: piece.text, tone: piece.text.trim() ? "after" : undefined }];
      if (position > equals) return [{ text: piece.text, tone: "before" }];
      if (position < equals) return [piece];
      const split = piece.text.search(/=\s/) + 2;
      return [{ text: piece.text.slice(0, split) }, { text: piece.text.slice(split), tone: "before" }];
    });
  }

  function drawLine(line, terms, isWhole) {
    const element = make("span", { class: `diff-line is-${line.tone}` });
    element.style.setProperty("--indent", line.indent);
    const pieces = [{ text: line.whole.slice(0, line.indent) }, { text: line.sign, tone: "sign" }, ...piecesOf(line)];
    const hidden = line.whole.length - CHARACTERS_SHOWN;
    const isInHidden = rangesOf(line.whole, terms).some((range) => range[1] > CHARACTERS_SHOWN);
    if (isWhole || hidden < CHARACTERS_HIDDEN_MIN || isInHidden) {
      appendPieces(element, pieces.filter((piece) => piece.text), terms);
      return element;
    }
    appendPieces(element, firstOf(pieces, CHARACTERS_SHOWN), terms);
    const unfold = () => element.replaceWith(drawLine(line, terms, true));
    element.append(unfoldButton(`… ${counted(hidden, "more character")}`, unfold));
    return element;
  }

  function firstOf(pieces, characters) {
    const first = [];
    for (const piece of pieces) {
      if (characters <= 0) break;
      if (piece.text) first.push({ text: piece.text.slice(0, characters), tone: piece.tone });
      characters -= piece.text.length;
    }
    return first;
  }

  function unfoldButton(text, unfold) {
    return make("button", { type: "button", class: "unfold", textContent: text, onclick: unfold });
  }

  /** A difference. `isMixed`: only some lines change, which colours should tell. `isWhole`: nothing is shortened.
      `folding` remembers what was unfolded. */
  function drawDifference(text, { isMixed, isWhole, terms, folding }) {
    const lines = linesOf(text);
    const block = make("pre", { class: isMixed ? "diff is-mixed" : "diff" });
    const hidden = lines.slice(LINES_SHOWN);
    const isFolded = !isWhole && !folding.isUnfolded && hidden.length >= LINES_HIDDEN_MIN && !hidden.some((line) => rangesOf(line.whole, terms).length);
    const append = (some) => block.append(...some.map((line) => drawLine(line, terms, isWhole)));
    append(isFolded ? lines.slice(0, LINES_SHOWN) : lines);
    if (!isFolded) return block;
    const button = unfoldButton(`Show ${counted(hidden.length, "more line")}`, () => {
      folding.isUnfolded = true;
      button.remove();
      append(hidden);
    });
    block.append(button);
    return block;
  }

  // ---------------------------------------------------------------------------------------------------------------
  // The head of the page

  const MODE_NOTICES = {
    destroy: ["destroy", "Destroy plan.", "Applying it destroys every object listed here."],
    "refresh-only": ["read", "Refresh-only plan.", "Applying it records what changed outside in the state, and changes no real object."],
  };

  function drawMasthead(model) {
    const { plan } = model;
    const masthead = byId("masthead");
    masthead.append(make("div", {}, make("h1", { textContent: headline(plan) }), drawFacts(plan)), drawTotals(model));
    if (plan.errored) {
      masthead.append(notice("destroy", "Planning failed.", "What is shown was planned before the errors, and cannot be applied."));
    }
    const mode = MODE_NOTICES[plan.mode];
    if (mode) masthead.append(notice(...mode));
  }

  function headline(plan) {
    return [plan.title, plan.directory].filter(Boolean).join(" · ");
  }

  function drawFacts(plan) {
    const facts = [
      ["Mode", plan.mode],
      ["Directory", plan.directory],
      ["Workspace", plan.workspace],
      ["Planned", plan.timestamp && drawTime(plan.timestamp)],
    ];
    const shown = facts.filter(([, value]) => value);
    return make("dl", { class: "facts" }, ...shown.map(([term, value]) => make("div", {}, make("dt", { textContent: term }), make("dd", {}, value))));
  }

  /** The same for every reader: in UTC. The reader's own time is a hover away. */
  function drawTime(timestamp) {
    const moment = new Date(timestamp);
    if (Number.isNaN(moment.getTime())) return timestamp;
    const text = `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    return make("time", { dateTime: timestamp, title: `${moment.toLocaleString()} where you are`, textContent: text });
  }

  function notice(kind, strong, rest) {
    return make("p", { class: `notice kind-${kind}` }, make("strong", { textContent: strong }), ` ${rest}`);
  }

  function drawTotals(model) {
    const summary = model.plan.summary || {};
    const totals = [
      ["import", summary.import, "to import", false],
      ["create", summary.add, "to add", true],
      ["change", summary.change, "to change", true],
      ["destroy", summary.destroy, "to destroy", true],
      ["forget", summary.forget, "to forget", false],
      ["unchanged", model.waiting.length, "waiting", false],
    ];
    const shown = totals.filter(([, count, , isAlways]) => isAlways || count > 0);
    const title = "An object that is replaced counts twice: to add, and to destroy.";
    return make("ul", { class: "totals", title }, ...shown.map(([kind, count, words]) =>
      make("li", { class: count ? `kind-${kind}` : "is-none" }, make("b", { textContent: numbers.format(count || 0) }), ` ${words}`)));
  }

  // ---------------------------------------------------------------------------------------------------------------
  // Entries: one object with what happens to it

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

  // ---------------------------------------------------------------------------------------------------------------
  // Sections and groups

  function byUrgency(left, right) {
    return KINDS[left.kind].rank - KINDS[right.kind].rank || left.position - right.position;
  }

  /** Entries by module, the root module first. */
  function groupsOf(entries) {
    const groups = new Map();
    for (const entry of entries) {
      if (!groups.has(entry.module)) groups.set(entry.module, []);
      groups.get(entry.module).push(entry);
    }
    const inOrder = [...groups].sort(([left], [right]) => left.localeCompare(right, "en", { numeric: true }));
    return inOrder.map(([module, members]) => ({ module, entries: members.sort(byUrgency), isOpen: true }));
  }

  function buildGroup(group, identifier) {
    const list = make("div", { class: "entries", id: identifier });
    group.counts = make("span", { class: "group-counts" });
    const toggle = make(
      "button",
      { type: "button", class: "group-toggle", "aria-expanded": "true", "aria-controls": identifier, onclick: () => openGroup(group, !group.isOpen) },
      make("span", { class: "caret", "aria-hidden": "true" }),
      make("span", { class: "group-name", textContent: group.module || "Root module" }),
      group.counts,
    );
    Object.assign(group, { list, toggle, element: make("section", { class: "group" }, make("h3", { class: "group-title" }, toggle), list) });
    return group.element;
  }

  function openGroup(group, isOpen) {
    group.isOpen = isOpen;
    group.list.hidden = !isOpen;
    group.toggle.setAttribute("aria-expanded", String(isOpen));
  }

  /** How many of each kind a group shows, in signs with the words for those who do not see them. */
  function drawGroupCounts(group, shown) {
    const counts = new Map();
    for (const entry of shown) counts.set(entry.kind, (counts.get(entry.kind) || 0) + 1);
    const kinds = Object.keys(KINDS).filter((kind) => counts.has(kind));
    group.counts.replaceChildren(...kinds.map((kind) => make(
      "span",
      { class: `kind-${kind}`, title: `${numbers.format(counts.get(kind))} ${KINDS[kind].words}` },
      make("span", { "aria-hidden": "true", textContent: `${KINDS[kind].symbol} ${numbers.format(counts.get(kind))}` }),
      make("span", { class: "visually-hidden", textContent: `${numbers.format(counts.get(kind))} ${KINDS[kind].words}` }),
    )));
  }

  /** Shows the entries of a group that pass, makes those that were never shown, and answers which they are. */
  function showGroup(group, page, passes) {
    const shown = group.entries.filter(passes);
    const isShown = new Set(shown);
    let next = group.list.firstChild;
    for (const entry of group.entries) {
      if (!entry.element) {
        if (!isShown.has(entry)) continue;
        buildEntry(entry, page);
        group.list.insertBefore(entry.element, next);
      } else {
        next = entry.element.nextSibling;
      }
      entry.element.hidden = !isShown.has(entry);
      if (isShown.has(entry)) refreshEntry(entry, page);
    }
    group.element.hidden = shown.length === 0;
    group.list.classList.toggle("many", shown.length > 150);
    drawGroupCounts(group, shown);
    return shown;
  }

  /** Draws anew what depends on what is searched for. */
  function refreshEntry(entry, page) {
    if (entry.drawnTerms !== page.termsKey) {
      drawAddress(entry.parts.address, entry, page.terms);
      entry.drawnTerms = page.termsKey;
    }
    if (entry.isOpen && entry.bodyTerms !== page.termsKey) drawBody(entry, page);
  }

  function buildSection(identifier, title, lead, ...children) {
    return make(
      "section",
      { class: "section", id: identifier, "aria-labelledby": `${identifier}-heading`, tabIndex: -1 },
      make("h2", { id: `${identifier}-heading`, textContent: title }),
      lead ? make("p", { class: "lead", textContent: lead }) : null,
      ...children,
    );
  }

  function buildEntriesSection(identifier, title, lead, entries) {
    const groups = groupsOf(entries);
    const elements = groups.map((group, position) => buildGroup(group, `${identifier}-group-${position}`));
    return { groups, element: buildSection(identifier, title, lead, ...elements) };
  }

  /** An output: its sign may stand in its text already. */
  function outputText(output) {
    const text = output.text || output.name;
    return SIGN.test(text.trimStart()) ? text : `${KINDS[KIND_OF_ACTION[output.action]]?.symbol ?? " "} ${text}`;
  }

  function buildOutputs(outputs) {
    const items = outputs.map((output) => ({ output, text: outputText(output), isUnfolded: false, element: make("li") }));
    return { items, element: buildSection("outputs", "Outputs", null, make("ul", { class: "outputs" }, ...items.map((item) => item.element))) };
  }

  function showOutputs(section, page) {
    const shown = section.items.filter((item) => page.terms.every((term) => item.text.toLowerCase().includes(term)));
    for (const item of section.items) {
      item.element.hidden = !shown.includes(item);
      item.element.replaceChildren(drawDifference(item.text, { isMixed: item.output.action === "update", isWhole: page.isPrinting, terms: page.terms, folding: item }));
    }
    section.element.hidden = shown.length === 0;
  }

  const ATTENTION_SHOWN = 8;

  /** What is lost when the plan is applied, all in one place. Where nothing else happens, the list itself is that place. */
  function buildAttention(model) {
    const urgent = model.changed.filter(isDestructive).sort(byUrgency);
    if (!urgent.length || urgent.length === model.changed.length) return null;
    const items = urgent.map(drawUrgent);
    const list = make("ul", {}, ...items.slice(0, ATTENTION_SHOWN));
    const rest = items.slice(ATTENTION_SHOWN);
    const more = rest.length ? make("p", { class: "more" }, make("button", { type: "button", class: "link-button", textContent: `Show ${numbers.format(rest.length)} more`, onclick: () => { list.append(...rest); more.remove(); } })) : null;
    return make("section", { class: "attention", "aria-labelledby": "attention-heading" }, make("h2", { id: "attention-heading", textContent: attentionHeading(urgent) }), list, more);
  }

  function attentionHeading(urgent) {
    const replaced = urgent.filter((entry) => entry.kind === "replace").length;
    const destroyed = urgent.length - replaced;
    const parts = [replaced && `${counted(replaced, "object")} replaced`, destroyed && `${counted(destroyed, "object")} destroyed`];
    return parts.filter(Boolean).join(", ");
  }

  function drawUrgent(entry) {
    const link = make("a", { href: linkTo(entry), textContent: entry.change.address });
    const word = make("span", { class: "visually-hidden", textContent: `${KINDS[entry.kind].word}: ` });
    return make("li", { class: `kind-${entry.kind}` }, symbol(symbolOf(entry.change, entry.kind)), make("div", {}, word, link, drawWhy(entry)));
  }

  /** What to say where nothing is to be done. */
  function drawNothing(model) {
    const { plan } = model;
    const texts = {
      "refresh-only": model.drift.length
        ? ["Nothing is changed.", "What changed outside is listed here. Applying the plan records it in the state."]
        : ["No changes", "Your infrastructure still matches the configuration."],
      destroy: ["No changes", "No objects need to be destroyed."],
      normal: ["No changes", "Your infrastructure matches the configuration."],
    };
    const [title, text] = plan.errored ? ["Nothing was planned", "There were errors before anything could be planned."] : texts[plan.mode] || texts.normal;
    return make("div", { class: "nothing" }, make("h2", { textContent: title }), make("p", { textContent: text }));
  }

  // ---------------------------------------------------------------------------------------------------------------
  // What the graph shows. Vertices are objects, or groups of them where there are too many to draw.

  const VERTICES_MAX = 600;
  const GROUPS_MAX = 300;

  function vertexOf(entry) {
    const { type, address } = entry.change;
    const at = type ? entry.local.indexOf(`${type}.`) : -1;
    const kinds = entry.local.startsWith("data.") ? `data ${type}` : type;
    return {
      label: at < 0 ? entry.local : entry.local.slice(at + type.length + 1),
      detail: [shortModule(entry.module), kinds].filter(Boolean).join(" · "),
      title: address,
      words: wordOf(entry),
      kind: entry.kind,
      symbol: symbolOf(entry.change, entry.kind),
      members: [entry.position],
    };
  }

  /** `module.a.module.b[0]` as `a/b[0]`. */
  function shortModule(module) {
    return module.replace(/^module\./, "").replaceAll(".module.", "/");
  }

  function drawingOfObjects(model, positions) {
    const inOrder = [...positions].sort((left, right) => left - right);
    const vertices = inOrder.map((position) => vertexOf(model.changes[position]));
    const vertexAt = new Map(inOrder.map((position, vertex) => [position, vertex]));
    const uses = inOrder.map((position) => model.uses[position].filter((used) => vertexAt.has(used)).map((used) => vertexAt.get(used)));
    return { vertices, vertexAt, uses };
  }

  function drawingOfGroups(model) {
    const keys = [
      (entry) => [shortModule(entry.module) || "root module", entry.change.type],
      (entry) => [shortModule(entry.module) || "root module"],
      (entry) => [entry.change.type],
    ];
    for (const key of keys) {
      const drawing = drawingByKey(model, key);
      if (drawing.vertices.length <= GROUPS_MAX) return drawing;
    }
    return drawingByKey(model, keys[2]);
  }

  function drawingByKey(model, key) {
    const members = new Map();
    for (const entry of model.changes) {
      const name = key(entry).join("\n");
      if (!members.has(name)) members.set(name, []);
      members.get(name).push(entry);
    }
    const groups = [...members.values()];
    const vertices = groups.map((entries) => groupVertexOf(entries, key(entries[0])));
    const vertexAt = new Map(groups.flatMap((entries, vertex) => entries.map((entry) => [entry.position, vertex])));
    const uses = groups.map((entries, vertex) => {
      const used = new Set(entries.flatMap((entry) => model.uses[entry.position].map((position) => vertexAt.get(position))));
      used.delete(vertex);
      return [...used];
    });
    return { vertices, vertexAt, uses };
  }

  function groupVertexOf(entries, names) {
    const urgent = [...entries].sort(byUrgency)[0];
    const changed = entries.filter((entry) => entry.kind !== "unchanged").length;
    const label = names[names.length - 1];
    const objects = counted(entries.length, "object");
    return {
      label,
      detail: [names.length > 1 ? names[0] : "", changed ? `${numbers.format(changed)} of ${objects} change` : objects].filter(Boolean).join(" · "),
      title: names.join(" · "),
      words: changed ? `${numbers.format(changed)} of ${objects} change` : `${objects}, unchanged`,
      kind: urgent.kind,
      symbol: symbolOf(urgent.change, urgent.kind),
      members: entries.map((entry) => entry.position),
    };
  }

  /** Everything that can be reached from some objects, nearest first, without them. */
  function reachedFrom(starts, neighbours, most = Infinity) {
    const seen = new Set(starts);
    const queue = [...starts];
    for (let at = 0; at < queue.length && queue.length < most; at += 1) {
      for (const next of neighbours[queue[at]]) {
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    return queue.slice(starts.length);
  }

  /** What changes and what is next to it: enough to see where changes come from and what they touch. */
  function positionsAroundChanges(model) {
    const positions = new Set(model.changed.map((entry) => entry.position));
    for (const { position } of model.changed) {
      for (const neighbour of [...model.uses[position], ...model.usedBy[position]]) positions.add(neighbour);
    }
    return positions;
  }

  function positionsAround(model, members) {
    const half = VERTICES_MAX / 2;
    return new Set([...members, ...reachedFrom(members, model.uses, half), ...reachedFrom(members, model.usedBy, half)].slice(0, VERTICES_MAX));
  }

  /** What the graph can show. `draw` is `null` for what is too much. */
  function scopesOf(model, selection) {
    const total = model.changes.length;
    const around = positionsAroundChanges(model);
    const within = (count, draw) => (count <= VERTICES_MAX ? draw : null);
    const scopes = [{ key: "all", label: "All objects", count: total, draw: within(total, () => drawingOfObjects(model, model.changes.keys())) }];
    if (around.size && around.size < total) {
      scopes.push({ key: "changed", label: "Changes and their neighbours", count: around.size, draw: within(around.size, () => drawingOfObjects(model, around)) });
    }
    if (total > 12) scopes.push({ key: "groups", label: "Groups by module and type", count: null, draw: () => drawingOfGroups(model) });
    if (selection) {
      const related = positionsAround(model, selection.members);
      scopes.push({ key: "related", label: "The selection and what is related", count: related.size, draw: () => drawingOfObjects(model, related) });
    }
    return scopes;
  }

  function labelOfScope(scope) {
    if (scope.count === null) return scope.label;
    return `${scope.label} (${numbers.format(scope.count)}${scope.draw ? "" : ": too many to draw"})`;
  }

  // ---------------------------------------------------------------------------------------------------------------
  // The layout of the graph: columns from left to right, so that what is used stands left of what uses it.
  //
  // Columns by longest path, none higher than the drawing should be; few crossings by barycenters; heights by least
  // squares. Lines over several columns bend in each of them, and all lines from one object share their bends: they
  // leave it as one trunk that branches.

  const BOX = { width: 206, height: 38 };
  const COLUMN_GAP = 74;
  const ORDERING_SWEEPS = 18;
  const ORDERING_MILLISECONDS_MAX = 500;

  /** An order in which what is used comes first, and the edges without those that close a circle. */
  function dependenciesFirst(uses) {
    const order = [];
    const kept = uses.map(() => []);
    const state = new Uint8Array(uses.length);
    const [isOpen, isDone] = [1, 2];
    for (let root = 0; root < uses.length; root += 1) {
      if (state[root]) continue;
      // Not recursive: a chain of thousands of objects would be too deep.
      const stack = [{ vertex: root, next: 0 }];
      state[root] = isOpen;
      while (stack.length) {
        const top = stack[stack.length - 1];
        if (top.next === uses[top.vertex].length) {
          state[top.vertex] = isDone;
          order.push(top.vertex);
          stack.pop();
          continue;
        }
        const used = uses[top.vertex][top.next];
        top.next += 1;
        if (state[used] === isOpen) continue;
        kept[top.vertex].push(used);
        if (!state[used]) {
          state[used] = isOpen;
          stack.push({ vertex: used, next: 0 });
        }
      }
    }
    return { order, kept };
  }

  /** The edges without those that others imply: if a uses b and b uses c, that a uses c adds a line and no knowledge. */
  function withoutImplied(order, uses) {
    const words = Math.ceil(uses.length / 32);
    const reached = uses.map(() => null);
    const has = (set, vertex) => (set[vertex >> 5] >>> (vertex & 31)) & 1;
    for (const vertex of order) {
      const set = new Uint32Array(words);
      for (const used of uses[vertex]) {
        reached[used].forEach((word, at) => { set[at] |= word; });
        set[used >> 5] |= 1 << (used & 31);
      }
      reached[vertex] = set;
    }
    return uses.map((list) => list.filter((used) => !list.some((other) => other !== used && has(reached[other], used))));
  }

  function reversed(uses) {
    const usedBy = uses.map(() => []);
    uses.forEach((list, vertex) => list.forEach((used) => usedBy[used].push(vertex)));
    return usedBy;
  }

  /** Vertices that hang together, each list in the given order; the largest list first. */
  function componentsOf(order, uses, usedBy) {
    const component = new Map();
    let count = 0;
    for (const root of order) {
      if (component.has(root)) continue;
      const stack = [root];
      component.set(root, count);
      while (stack.length) {
        const vertex = stack.pop();
        for (const next of [...uses[vertex], ...usedBy[vertex]]) {
          if (!component.has(next)) {
            component.set(next, count);
            stack.push(next);
          }
        }
      }
      count += 1;
    }
    const lists = Array.from({ length: count }, () => []);
    for (const vertex of order) lists[component.get(vertex)].push(vertex);
    return lists.sort((left, right) => right.length - left.length);
  }

  /** The column of each vertex. `order` has what is used first. */
  function columnsOf(order, uses, usedBy, capacity) {
    const longest = new Map();
    for (const vertex of order) longest.set(vertex, 1 + Math.max(-1, ...uses[vertex].map((used) => longest.get(used))));
    const toEnd = new Map();
    for (const vertex of [...order].reverse()) toEnd.set(vertex, 1 + Math.max(-1, ...usedBy[vertex].map((user) => toEnd.get(user))));
    const column = new Map();
    const sizes = [];
    const put = (vertex, at) => {
      column.set(vertex, at);
      sizes[at] = (sizes[at] || 0) + 1;
    };
    // What much depends on gets the room in a full column; what nothing depends on can stand further right.
    const urgent = [...order].sort((left, right) => longest.get(left) - longest.get(right) || toEnd.get(right) - toEnd.get(left));
    for (const vertex of urgent) {
      let at = 1 + Math.max(-1, ...uses[vertex].map((used) => column.get(used)));
      while ((sizes[at] || 0) >= capacity) at += 1;
      put(vertex, at);
    }
    // What few lines lead to moves right, next to its users: lines get shorter.
    for (const vertex of [...order].reverse()) {
      if (!usedBy[vertex].length || uses[vertex].length >= usedBy[vertex].length) continue;
      const last = Math.min(...usedBy[vertex].map((user) => column.get(user))) - 1;
      for (let at = last; at > column.get(vertex); at -= 1) {
        if ((sizes[at] || 0) < capacity) {
          sizes[column.get(vertex)] -= 1;
          put(vertex, at);
          break;
        }
      }
    }
    return column;
  }

  /** Places in columns: the vertices, and the bends of lines that pass. `trunks` has the places along each vertex's trunk. */
  function slotsOf(members, usedBy, column) {
    const columns = [];
    const trunks = new Map();
    const add = (vertex, at, isBend) => {
      const slot = { vertex, column: at, isBend, left: [], right: [], y: 0, at: 0 };
      (columns[at] ||= []).push(slot);
      return slot;
    };
    const inReadingOrder = [...members].sort((left, right) => left - right);
    for (const vertex of inReadingOrder) trunks.set(vertex, [add(vertex, column.get(vertex), false)]);
    const join = (left, right) => {
      left.right.push(right);
      right.left.push(left);
    };
    for (const vertex of inReadingOrder) {
      const trunk = trunks.get(vertex);
      const first = column.get(vertex);
      for (const user of usedBy[vertex]) {
        while (trunk.length < column.get(user) - first) {
          const bend = add(vertex, first + trunk.length, true);
          join(trunk[trunk.length - 1], bend);
          trunk.push(bend);
        }
        join(trunk[column.get(user) - first - 1], trunks.get(user)[0]);
      }
    }
    for (let at = 0; at < columns.length; at += 1) columns[at] ||= [];
    return { columns, trunks };
  }

  function mean(numbers) {
    return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  }

  function number(slots) {
    slots.forEach((slot, at) => { slot.at = at; });
  }

  /** Crossings between two neighbouring columns: inversions among the ends of their lines, counted with a Fenwick tree. */
  function crossingsAfter(slots, next) {
    const ends = slots.flatMap((slot) => slot.right.map((right) => right.at).sort((left, right) => left - right));
    const tree = new Uint32Array(next.length + 1);
    let crossings = 0;
    ends.forEach((end, before) => {
      let notAbove = 0;
      for (let at = end + 1; at > 0; at -= at & -at) notAbove += tree[at];
      crossings += before - notAbove;
      for (let at = end + 1; at <= next.length; at += at & -at) tree[at] += 1;
    });
    return crossings;
  }

  function crossingsOf(columns) {
    return columns.reduce((sum, slots, at) => sum + (at + 1 < columns.length ? crossingsAfter(slots, columns[at + 1]) : 0), 0);
  }

  /** Orders the columns so that few lines cross: sweeps in both directions, of which the best outcome stays. */
  function orderColumns(columns) {
    columns.forEach(number);
    const started = performance.now();
    let best = columns.map((slots) => [...slots]);
    let fewest = crossingsOf(columns);
    for (let sweep = 0; sweep < ORDERING_SWEEPS && fewest > 0; sweep += 1) {
      const isRightward = sweep % 2 === 0;
      for (const slots of isRightward ? columns : [...columns].reverse()) {
        const weight = new Map(slots.map((slot) => {
          const neighbours = isRightward ? slot.left : slot.right;
          return [slot, neighbours.length ? mean(neighbours.map((neighbour) => neighbour.at)) : slot.at];
        }));
        slots.sort((left, right) => weight.get(left) - weight.get(right));
        number(slots);
      }
      const crossings = crossingsOf(columns);
      if (crossings < fewest) {
        fewest = crossings;
        best = columns.map((slots) => [...slots]);
      }
      if (performance.now() - started > ORDERING_MILLISECONDS_MAX) break;
    }
    best.forEach(number);
    return best;
  }

  /** How far apart the middles of two neighbours in a column are. */
  function distance(upper, lower) {
    if (upper.isBend && lower.isBend) return 12;
    return upper.isBend || lower.isBend ? BOX.height / 2 + 14 : BOX.height + 12;
  }

  /** Heights as near as possible to those wished for, in the same order and never too close: isotonic regression, which
      merges neighbours that are too close into blocks at the mean of their wishes. */
  function settle(slots, wish, weightOf) {
    const blocks = [];
    let offset = 0;
    slots.forEach((slot, at) => {
      if (at) offset += distance(slots[at - 1], slot);
      let block = { sum: (wish(slot) - offset) * weightOf(slot), weight: weightOf(slot), count: 1 };
      while (blocks.length && blocks[blocks.length - 1].sum / blocks[blocks.length - 1].weight >= block.sum / block.weight) {
        const previous = blocks.pop();
        block = { sum: previous.sum + block.sum, weight: previous.weight + block.weight, count: previous.count + block.count };
      }
      blocks.push(block);
    });
    let at = 0;
    offset = 0;
    for (const block of blocks) {
      for (let taken = 0; taken < block.count; taken += 1, at += 1) {
        if (at) offset += distance(slots[at - 1], slots[at]);
        slots[at].y = block.sum / block.weight + offset;
      }
    }
  }

  function placeColumns(columns) {
    for (const slots of columns) settle(slots, () => 0, () => 1);
    const passes = ["left", "right", "both", "left", "right", "both", "both", "both"];
    for (const [pass, side] of passes.entries()) {
      for (const slots of pass % 2 ? [...columns].reverse() : columns) {
        const neighboursOf = (slot) => (side === "both" ? [...slot.left, ...slot.right] : slot[side]);
        const wish = (slot) => {
          const neighbours = neighboursOf(slot);
          return neighbours.length ? mean(neighbours.map((neighbour) => neighbour.y)) : slot.y;
        };
        // Trunks should be straight more than boxes should be central; what nothing pulls gives way.
        const weightOf = (slot) => (neighboursOf(slot).length ? (slot.isBend ? 3 : 1) : 0.05);
        settle(slots, wish, weightOf);
      }
    }
  }

  /** One component: where its vertices are, and the way of each of its lines. */
  function layOutComponent(members, uses, usedBy, capacity) {
    const column = columnsOf(members, uses, usedBy, capacity);
    const { columns, trunks } = slotsOf(members, usedBy, column);
    const ordered = orderColumns(columns);
    placeColumns(ordered);
    const slots = ordered.flat();
    const top = Math.min(...slots.map((slot) => slot.y)) - BOX.height / 2;
    for (const slot of slots) {
      slot.x = slot.column * (BOX.width + COLUMN_GAP);
      slot.y -= top;
    }
    const lines = members.flatMap((vertex) => usedBy[vertex].map((user) => {
      const trunk = trunks.get(vertex);
      return { from: user, to: vertex, way: [...trunk.slice(0, column.get(user) - column.get(vertex)), trunks.get(user)[0]] };
    }));
    return {
      boxes: members.map((vertex) => trunks.get(vertex)[0]),
      slots,
      lines,
      width: ordered.length * (BOX.width + COLUMN_GAP) - COLUMN_GAP,
      height: Math.max(...slots.map((slot) => slot.y)) + BOX.height / 2,
    };
  }

  /** What nothing hangs together with stands in a grid of its own. */
  function layOutSingles(members, width) {
    const across = Math.max(1, Math.floor((width + 20) / (BOX.width + 20)));
    const slots = members.map((vertex, at) => ({
      vertex,
      isBend: false,
      x: (at % across) * (BOX.width + 20),
      y: Math.floor(at / across) * (BOX.height + 12) + BOX.height / 2,
    }));
    return { boxes: slots, slots, lines: [], width, height: Math.ceil(members.length / across) * (BOX.height + 12) };
  }

  /** Moves parts into rows that are not wider than the widest part or than the shape asked for. */
  function pack(parts, width) {
    let [x, y, rowHeight, widest] = [0, 0, 0, 0];
    for (const part of parts) {
      if (x && x + part.width > width) {
        y += rowHeight + 44;
        [x, rowHeight] = [0, 0];
      }
      for (const slot of part.slots) {
        slot.x += x;
        slot.y += y;
      }
      x += part.width + COLUMN_GAP;
      rowHeight = Math.max(rowHeight, part.height);
      widest = Math.max(widest, x - COLUMN_GAP);
    }
    return { width: widest, height: y + rowHeight };
  }

  /** Where everything of a drawing is. `aspect` is the shape of the place for it: width to height. */
  function layOut(drawing, aspect) {
    const { order, kept } = dependenciesFirst(drawing.uses);
    const uses = withoutImplied(order, kept);
    const usedBy = reversed(uses);
    const components = componentsOf(order, uses, usedBy);
    const capacity = Math.max(12, Math.ceil(Math.sqrt((5.6 * drawing.vertices.length) / aspect)));
    const parts = components.filter((members) => members.length > 1).map((members) => layOutComponent(members, uses, usedBy, capacity));
    const singles = components.filter((members) => members.length === 1).flat().sort((left, right) => left - right);
    const area = parts.reduce((sum, part) => sum + part.width * part.height, 0) + singles.length * BOX.width * BOX.height * 1.4;
    const width = Math.max(BOX.width, Math.sqrt(area * aspect), ...parts.map((part) => part.width));
    if (singles.length) parts.push(layOutSingles(singles, width));
    const size = pack(parts, width);
    const boxes = [];
    for (const slot of parts.flatMap((part) => part.boxes)) boxes[slot.vertex] = slot;
    return { ...size, boxes, uses, usedBy, lines: parts.flatMap((part) => part.lines), impliedCount: countOf(drawing.uses) - countOf(uses) };
  }

  function countOf(lists) {
    return lists.reduce((sum, list) => sum + list.length, 0);
  }

  /** The way of a line as SVG: curves between columns, straight through them, never over a box. */
  function pathOf(way) {
    const start = way[0];
    let path = `M${start.x + BOX.width} ${start.y.toFixed(1)}`;
    for (let at = 1; at < way.length; at += 1) {
      path += curve(way[at - 1], way[at]);
      if (way[at].isBend) path += `H${way[at].x + BOX.width}`;
    }
    return path;
  }

  function curve(from, to) {
    const middle = (from.x + BOX.width + to.x) / 2;
    return `C${middle} ${from.y.toFixed(1)} ${middle} ${to.y.toFixed(1)} ${to.x} ${to.y.toFixed(1)}`;
  }

  /** All lines as one path, each piece of a shared trunk once: a single element stays fast with thousands of lines. */
  function pathOfAll(lines) {
    const drawn = new Map();
    const pieces = [];
    for (const { way } of lines) {
      for (let at = 1; at < way.length; at += 1) {
        const [from, to] = [way[at - 1], way[at]];
        if (!drawn.has(from)) drawn.set(from, new Set());
        if (drawn.get(from).has(to)) continue;
        drawn.get(from).add(to);
        pieces.push(`M${from.x + BOX.width} ${from.y.toFixed(1)}${curve(from, to)}${to.isBend ? `H${to.x + BOX.width}` : ""}`);
      }
    }
    return pieces.join("");
  }

  // ---------------------------------------------------------------------------------------------------------------
  // The view of the graph

  const SCALE = { least: 0.03, most: 2.5, fitted: 1, readable: 0.75 };
  /** Below this words are too small to be read. */
  const SCALE_FROM_AFAR = 0.42;
  const DRAG_PIXELS_MIN = 4;
  const LABEL_CHARACTERS = 22;
  const DETAIL_CHARACTERS = 32;

  /** Shortened in the middle: both where a name begins and its key at the end tell it from others. */
  function shortened(text, characters) {
    if (text.length <= characters) return text;
    const end = Math.floor((characters - 1) * 0.45);
    return `${text.slice(0, characters - 1 - end)}…${text.slice(-end)}`;
  }

  function createGraph(model, page) {
    const panel = byId("graph-panel");
    const canvas = byId("graph-canvas");
    const foot = byId("graph-foot");
    const select = byId("graph-scope");
    const hint = make("div", { class: "graph-hint", hidden: true });
    const ground = makeSvg("path", { class: "edge is-ground" });
    const usedEdges = makeSvg("path", { class: "edge is-used" });
    const userEdges = makeSvg("path", { class: "edge is-user" });
    const hoveredEdges = makeSvg("path", { class: "edge is-hovered" });
    const nodes = makeSvg("g");
    const world = makeSvg("g", {}, ground, hoveredEdges, usedEdges, userEdges, nodes);
    const svg = makeSvg("svg", { role: "group", "aria-label": "Dependency graph", "aria-describedby": "graph-help" }, world);
    canvas.append(svg, hint);
    const view = { scale: 1, x: 0, y: 0 };
    let scope = null;
    let drawing = null;
    let layout = null;
    let elements = [];

    function isShown() {
      return !panel.hidden && canvas.clientWidth > 0;
    }

    // What is shown

    function defaultScope(scopes) {
      return scopes.find((candidate) => candidate.draw) || scopes[0];
    }

    function show(key) {
      const scopes = scopesOf(model, page.selection);
      scope = scopes.find((candidate) => candidate.key === key && candidate.draw) || defaultScope(scopes);
      drawing = scope.draw();
      layout = layOut(drawing, Math.max(0.4, canvas.clientWidth / Math.max(1, canvas.clientHeight)));
      ground.setAttribute("d", pathOfAll(layout.lines));
      hoveredEdges.setAttribute("d", "");
      elements = drawing.vertices.map(drawVertex);
      nodes.replaceChildren(...elements);
      focusable(initialVertex());
      drawScopes(scopes);
      fit();
      showFilter();
      showSelection();
    }

    function drawScopes(scopes) {
      select.replaceChildren(...scopes.map((candidate) => make("option", {
        value: candidate.key,
        textContent: labelOfScope(candidate),
        disabled: !candidate.draw,
        selected: candidate.key === scope.key,
      })));
    }

    function drawVertex(vertex, at) {
      const { x, y } = layout.boxes[at];
      const node = makeSvg("g", {
        class: `node kind-${vertex.kind}`,
        transform: `translate(${x} ${(y - BOX.height / 2).toFixed(1)})`,
        role: "button",
        tabindex: "-1",
        "aria-label": `${vertex.title}: ${vertex.words}, uses ${layout.uses[at].length}, used by ${layout.usedBy[at].length}`,
      });
      node.dataset.vertex = at;
      node.append(
        makeSvg("rect", { class: "box", width: BOX.width, height: BOX.height, rx: 6 }),
        makeSvg("path", { class: "stripe", d: `M6 0H34V${BOX.height}H6A6 6 0 0 1 0 ${BOX.height - 6}V6A6 6 0 0 1 6 0Z` }),
        makeSvg("text", { class: "sign", x: 17, y: BOX.height / 2 + 4.5 }, vertex.symbol),
        makeSvg("text", { class: "label", x: 42, y: 16.5 }, shortened(vertex.label, LABEL_CHARACTERS)),
        makeSvg("text", { class: "detail", x: 42, y: 30 }, shortened(vertex.detail, DETAIL_CHARACTERS)),
      );
      return node;
    }

    /** Where the keyboard enters: what needs a look most. */
    function initialVertex() {
      let best = 0;
      drawing.vertices.forEach((vertex, at) => {
        if (KINDS[vertex.kind].rank < KINDS[drawing.vertices[best].kind].rank) best = at;
      });
      return best;
    }

    /** One vertex is in the order of the tab key; arrows lead to the others. */
    function focusable(at) {
      for (const element of elements) element.setAttribute("tabindex", "-1");
      elements[at]?.setAttribute("tabindex", "0");
    }

    // Pan and zoom

    function applyView() {
      world.setAttribute("transform", `translate(${view.x.toFixed(2)} ${view.y.toFixed(2)}) scale(${view.scale.toFixed(4)})`);
      svg.classList.toggle("from-afar", view.scale < SCALE_FROM_AFAR);
    }

    function fit() {
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      const margin = 18;
      const scale = Math.min((width - 2 * margin) / layout.width, (height - 2 * margin) / layout.height, SCALE.fitted);
      view.scale = Math.max(SCALE.least, scale);
      view.x = (width - layout.width * view.scale) / 2;
      view.y = (height - layout.height * view.scale) / 2;
      applyView();
    }

    function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
      const scale = Math.min(SCALE.most, Math.max(SCALE.least, view.scale * factor));
      view.x = x - ((x - view.x) * scale) / view.scale;
      view.y = y - ((y - view.y) * scale) / view.scale;
      view.scale = scale;
      applyView();
    }

    function centre(at) {
      const box = layout.boxes[at];
      view.scale = Math.max(view.scale, SCALE.readable);
      view.x = canvas.clientWidth / 2 - (box.x + BOX.width / 2) * view.scale;
      view.y = canvas.clientHeight / 2 - box.y * view.scale;
      applyView();
    }

    function bringIntoView(at) {
      const box = layout.boxes[at];
      const [left, top] = [box.x * view.scale + view.x, box.y * view.scale + view.y];
      const isInside = left >= 0 && left + BOX.width * view.scale <= canvas.clientWidth && top >= 20 && top <= canvas.clientHeight - 20;
      if (!isInside) centre(at);
    }

    // Pointers: one drags, two zoom.

    const pointers = new Map();
    let dragged = 0;

    function pointIn(event) {
      const bounds = canvas.getBoundingClientRect();
      return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    }

    function startDrag(event) {
      if (event.button !== 0) return;
      if (!pointers.size) dragged = 0;
      pointers.set(event.pointerId, pointIn(event));
    }

    function drag(event) {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = pointIn(event);
      dragged += Math.hypot(now.x - before.x, now.y - before.y);
      // Captured only once it is a drag: a captured pointer would click the drawing, not the vertex.
      if (dragged > DRAG_PIXELS_MIN && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
      const other = [...pointers].find(([identifier]) => identifier !== event.pointerId)?.[1];
      if (other) pinch(before, now, other);
      else if (dragged > DRAG_PIXELS_MIN) moveBy(now.x - before.x, now.y - before.y);
      pointers.set(event.pointerId, now);
    }

    function pinch(before, now, other) {
      const [apart, apartNow] = [before, now].map((point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y)));
      zoom(apartNow / apart, (now.x + other.x) / 2, (now.y + other.y) / 2);
    }

    function moveBy(x, y) {
      view.x += x;
      view.y += y;
      svg.classList.add("is-dragging");
      hint.hidden = true;
      applyView();
    }

    function endDrag(event) {
      pointers.delete(event.pointerId);
      if (!pointers.size) svg.classList.remove("is-dragging");
    }

    function zoomByWheel(event) {
      event.preventDefault();
      const { x, y } = pointIn(event);
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 18 : event.deltaY;
      zoom(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022), x, y);
    }

    // Selection

    function vertexUnder(event) {
      const node = event.target.closest?.(".node");
      return node ? Number(node.dataset.vertex) : null;
    }

    function click(event) {
      if (dragged > DRAG_PIXELS_MIN) return;
      const at = vertexUnder(event);
      if (at === null) page.clearSelection();
      else choose(at);
    }

    function choose(at) {
      const { members, title, words } = drawing.vertices[at];
      focusable(at);
      page.select({ members, title, words }, { scrolls: !panel.classList.contains("is-maximized") });
    }

    function showSelection() {
      const { selection } = page;
      svg.classList.toggle("has-selection", Boolean(selection));
      const own = new Set();
      const [used, users] = [new Set(), new Set()];
      if (selection) {
        const vertices = (positions) => positions.map((position) => drawing.vertexAt.get(position)).filter((at) => at !== undefined);
        vertices(selection.members).forEach((at) => own.add(at));
        vertices(reachedFrom(selection.members, model.uses)).forEach((at) => used.add(at));
        vertices(reachedFrom(selection.members, model.usedBy)).forEach((at) => users.add(at));
      }
      elements.forEach((element, at) => {
        element.classList.toggle("is-selected", own.has(at));
        element.classList.toggle("is-related", own.has(at) || used.has(at) || users.has(at));
        if (own.has(at)) element.setAttribute("aria-current", "true");
        else element.removeAttribute("aria-current");
      });
      const pathWithin = (set) => layout.lines.filter(({ from, to }) => (set.has(from) || own.has(from)) && (set.has(to) || own.has(to))).map(({ way }) => pathOf(way)).join("");
      usedEdges.setAttribute("d", used.size ? pathWithin(used) : "");
      userEdges.setAttribute("d", users.size ? pathWithin(users) : "");
      drawFoot();
    }

    function drawFoot() {
      if (page.selection) foot.replaceChildren(...footOfSelection(page.selection));
      else foot.replaceChildren(make("p", { textContent: noteOfScope() }));
    }

    function noteOfScope() {
      const total = model.changes.length;
      const sentences = ["Left to right: what is used stands before what uses it."];
      if (scope.key === "groups" && total > VERTICES_MAX) {
        sentences.unshift(`${numbers.format(total)} objects are too many to draw: these are groups of them. A group has the colour of the most urgent change in it.`);
      } else if (scope.key === "groups") {
        sentences.unshift("A group has the colour of the most urgent change in it.");
      } else if (scope.key === "changed") {
        const why = total > VERTICES_MAX ? `${numbers.format(total)} objects are too many to draw: these are` : "These are";
        sentences.unshift(`${why} the ones that change, and what is next to them.`);
      }
      if (layout.impliedCount) sentences.push("Lines that others imply are left out.");
      return sentences.join(" ");
    }

    function footOfSelection(selection) {
      const direct = (neighbours) => new Set(selection.members.flatMap((position) => neighbours[position])).size;
      const counts = (neighbours) => `${numbers.format(direct(neighbours))} directly, ${numbers.format(reachedFrom(selection.members, neighbours).length)} in all`;
      const isDrawn = selection.members.some((position) => drawing.vertexAt.has(position));
      const button = (text, action) => make("button", { type: "button", class: "link-button", textContent: text, onclick: action });
      return [
        make(
          "div",
          { class: "chosen" },
          make("span", {}, make("code", { textContent: selection.title })),
          make("span", {}, button("Show change", () => page.showSelected()), scope.key === "related" ? null : button("Only related", () => show("related")), button("Clear", () => page.clearSelection())),
        ),
        make(
          "div",
          {},
          `${selection.words} · `,
          make("span", { class: "uses", textContent: `uses ${counts(model.uses)}` }),
          " · ",
          make("span", { class: "used-by", textContent: `used by ${counts(model.usedBy)}` }),
          isDrawn ? null : " · not among what is drawn",
        ),
      ];
    }

    /** Fades what the search and the filters leave out. */
    function showFilter() {
      elements.forEach((element, at) => {
        const isMissed = page.isFiltering() && !drawing.vertices[at].members.some((position) => page.passes(model.changes[position]));
        element.classList.toggle("is-missed", isMissed);
      });
    }

    // Hovering and keys

    function hover(at) {
      if (at === null || pointers.size) {
        hint.hidden = true;
        hoveredEdges.setAttribute("d", "");
        return;
      }
      const vertex = drawing.vertices[at];
      hint.replaceChildren(vertex.title, make("span", { textContent: vertex.words }));
      hint.hidden = false;
      placeHint(layout.boxes[at]);
      hoveredEdges.setAttribute("d", layout.lines.filter(({ from, to }) => from === at || to === at).map(({ way }) => pathOf(way)).join(""));
    }

    function placeHint(box) {
      const left = box.x * view.scale + view.x;
      const bottom = (box.y + BOX.height / 2) * view.scale + view.y + 8;
      const isBelow = bottom + hint.offsetHeight < canvas.clientHeight;
      hint.style.left = `${Math.max(4, Math.min(left, canvas.clientWidth - hint.offsetWidth - 4))}px`;
      hint.style.top = `${Math.max(4, isBelow ? bottom : bottom - 16 - BOX.height * view.scale - hint.offsetHeight)}px`;
    }

    function focusVertex(at) {
      focusable(at);
      elements[at].focus({ preventScroll: true });
    }

    /** The nearest of some vertices by height. */
    function nearest(at, candidates) {
      const { y } = layout.boxes[at];
      return [...candidates].sort((left, right) => Math.abs(layout.boxes[left].y - y) - Math.abs(layout.boxes[right].y - y))[0];
    }

    /** The next vertex above or below in the same column. */
    function inColumn(at, direction) {
      const { x, y } = layout.boxes[at];
      const candidates = [...layout.boxes.keys()].filter((other) => layout.boxes[other].x === x && (layout.boxes[other].y - y) * direction > 0);
      return nearest(at, candidates);
    }

    function pressKey(event) {
      const zooms = { "+": 1.25, "=": 1.25, "-": 0.8 };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (zooms[event.key]) zoom(zooms[event.key]);
      else if (event.key === "0") fit();
      else if (!pressKeyOnVertex(event, vertexUnder(event))) return;
      event.preventDefault();
    }

    function pressKeyOnVertex(event, at) {
      if (at === null) return false;
      if (event.key === "Enter" || event.key === " ") {
        choose(at);
        return true;
      }
      const steps = {
        ArrowLeft: () => nearest(at, layout.uses[at]),
        ArrowRight: () => nearest(at, layout.usedBy[at]),
        ArrowUp: () => inColumn(at, -1),
        ArrowDown: () => inColumn(at, 1),
      };
      if (!steps[event.key]) return false;
      const next = steps[event.key]();
      if (next !== undefined) focusVertex(next);
      return true;
    }

    svg.addEventListener("pointerdown", startDrag);
    svg.addEventListener("pointermove", drag);
    svg.addEventListener("pointerup", endDrag);
    svg.addEventListener("pointercancel", endDrag);
    svg.addEventListener("lostpointercapture", endDrag);
    svg.addEventListener("pointerover", (event) => hover(vertexUnder(event)));
    svg.addEventListener("pointerleave", () => hover(null));
    svg.addEventListener("wheel", zoomByWheel, { passive: false });
    svg.addEventListener("click", click);
    svg.addEventListener("keydown", pressKey);
    svg.addEventListener("focusin", (event) => {
      const at = vertexUnder(event);
      if (at === null || !elements[at].matches(":focus-visible")) return;
      bringIntoView(at);
      hover(at);
    });
    svg.addEventListener("focusout", () => hover(null));
    select.addEventListener("change", () => show(select.value));
    byId("zoom-in").addEventListener("click", () => zoom(1.3));
    byId("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
    byId("zoom-fit").addEventListener("click", fit);
    let size = "";
    new ResizeObserver(() => {
      const now = `${canvas.clientWidth}x${canvas.clientHeight}`;
      if (now === size || !isShown()) return;
      // Laid out when it is first seen: a graph that nobody opens costs nothing.
      if (!layout) show(scope?.key);
      else if (!page.selection) fit();
      size = now;
    }).observe(canvas);

    return {
      /** After the selection changed. `reveals`: it came from elsewhere and may be out of sight here. */
      selectionChanged(reveals) {
        if (!isShown()) return;
        const isNew = !layout;
        if (isNew) show(scope?.key);
        const { selection } = page;
        const at = () => selection && drawing.vertexAt.get(selection.members[0]);
        if (scope.key === "related" && !selection) show(undefined);
        else if (reveals && selection && (at() === undefined || (selection.members.length === 1 && scope.key === "groups"))) show("related");
        else {
          if (!isNew) drawScopes(scopesOf(model, selection));
          showSelection();
        }
        if (reveals && selection && at() !== undefined) centre(at());
      },
      filterChanged() {
        if (layout) showFilter();
      },
    };
  }

  // ---------------------------------------------------------------------------------------------------------------
  // The page

  /** Up to this many changes all are open at first: there is nothing to look for among so few. */
  const OPEN_AT_FIRST_MAX = 8;
  /** Up to this many matches are opened by a search, to show where. */
  const OPEN_BY_SEARCH_MAX = 12;
  const OPEN_AT_ONCE_MAX = 40;
  const PRINTED_OPEN_MAX = 400;
  const SEARCH_DELAY_MILLISECONDS = 120;

  function createPage(model) {
    const reading = byId("reading");
    const search = byId("search");
    const wide = window.matchMedia("(min-width: 1080px)");
    const sections = [];
    const facets = new Set();
    let showsUnchanged = false;
    let outputs = null;
    let graph = null;
    let noMatch = null;
    let openedBySearch = [];
    let opening = 0;

    const page = {
      model,
      terms: [],
      termsKey: "",
      selection: null,
      isPrinting: false,
      hasGraph: model.uses.some((list) => list.length > 0),
      passes,
      isFiltering,
      open,
      select,
      clearSelection,
      showSelected,
      showInGraph,
    };

    // Filters

    function isFiltering() {
      return page.terms.length > 0 || facets.size > 0;
    }

    function matchesTerms(entry) {
      if (!page.terms.length) return true;
      entry.searched ??= `${entry.named}\n${(entry.change.text || "").toLowerCase()}`;
      return page.terms.every((term) => entry.searched.includes(term));
    }

    function matchesFacets(entry) {
      if (entry.kind === "unchanged") return showsUnchanged;
      return facets.size === 0 || [...entry.facets].some((facet) => facets.has(facet));
    }

    /** Whether the filters show a change. What is not planned but told beside the plan has no filters. */
    function passes(entry) {
      return matchesTerms(entry) && (entry.section !== "change" || matchesFacets(entry));
    }

    /** What is selected is shown even if the filters leave it out: it was asked for by name. */
    function isShown(entry) {
      return passes(entry) || (entry.section === "change" && page.selection?.members.length === 1 && page.selection.members[0] === entry.position);
    }

    function applyFilter() {
      let shownChanges = [];
      for (const section of sections) {
        const shown = section.groups.flatMap((group) => showGroup(group, page, isShown));
        section.element.hidden = shown.length === 0;
        if (section.name === "changes") shownChanges = shown;
      }
      if (outputs) showOutputs(outputs, page);
      drawStatus(shownChanges);
      graph?.filterChanged();
    }

    function drawStatus(shown) {
      const total = showsUnchanged ? model.changes.length : model.changed.length;
      const isPart = shown.length < total;
      byId("status").textContent = isPart ? `Showing ${numbers.format(shown.length)} of ${counted(total, "object")}` : "";
      const isNoMatch = isFiltering() && [...sections, outputs].every((section) => !section || section.element.hidden);
      noMatch.hidden = !isNoMatch;
    }

    function setSearch(text) {
      page.terms = [...new Set(text.toLowerCase().split(/\s+/).filter(Boolean))];
      page.termsKey = page.terms.join(" ");
      for (const entry of openedBySearch) open(entry, false);
      openedBySearch = [];
      applyFilter();
      if (page.terms.length) openMatches();
    }

    /** Opens what matches inside of its difference, where it cannot be seen otherwise. */
    function openMatches() {
      const entries = sections.flatMap((section) => section.groups.flatMap((group) => group.entries)).filter(isShown);
      if (entries.length > OPEN_BY_SEARCH_MAX) return;
      openedBySearch = entries.filter((entry) => !entry.isOpen && page.terms.some((term) => !entry.named.includes(term)));
      for (const entry of openedBySearch) open(entry, true);
    }

    function clearFilters() {
      search.value = "";
      facets.clear();
      drawChips();
      setSearch("");
    }

    function drawChips() {
      const chips = Object.keys(KINDS).map((kind) => [kind, model.changes.filter((entry) => entry.facets.has(kind)).length]);
      byId("chips").replaceChildren(...chips.filter(([, count]) => count > 0).map(([kind, count]) => drawChip(kind, count)));
    }

    /** A filter. What is unchanged is not one of them: it is shown in addition. */
    function drawChip(kind, count) {
      const isAddition = kind === "unchanged";
      const isPressed = isAddition ? showsUnchanged : facets.has(kind);
      const chip = make(
        "button",
        {
          type: "button",
          class: `chip kind-${kind}${isAddition ? " is-addition" : ""}`,
          "aria-pressed": String(isPressed),
          title: isAddition ? "Show also what stays as it is" : `Show only what is ${KINDS[kind].words}`,
          onclick: () => pressChip(kind, chip),
        },
        symbol(KINDS[kind].symbol),
        make("b", { textContent: numbers.format(count) }),
        KINDS[kind].word,
      );
      return chip;
    }

    function pressChip(kind, chip) {
      if (kind === "unchanged") showsUnchanged = !showsUnchanged;
      else if (!facets.delete(kind)) facets.add(kind);
      chip.setAttribute("aria-pressed", String(kind === "unchanged" ? showsUnchanged : facets.has(kind)));
      applyFilter();
    }

    // Opening

    function open(entry, isOpen) {
      entry.isOpen = isOpen;
      if (!entry.element) return;
      entry.parts.toggle.setAttribute("aria-expanded", String(isOpen));
      entry.parts.body.hidden = !isOpen;
      if (isOpen && entry.bodyTerms !== page.termsKey) drawBody(entry, page);
    }

    /** Opens or closes all that is shown, in portions, so that the page answers all the while. */
    function openAll(isOpen) {
      const entries = sections.flatMap((section) => section.groups.flatMap((group) => group.entries.filter(isShown)));
      openedBySearch = [];
      opening += 1;
      const turn = opening;
      const next = (from) => {
        if (turn !== opening) return;
        for (const entry of entries.slice(from, from + OPEN_AT_ONCE_MAX)) open(entry, isOpen);
        if (from + OPEN_AT_ONCE_MAX < entries.length) setTimeout(next, 0, from + OPEN_AT_ONCE_MAX);
      };
      next(0);
    }

    // Selection

    function showEntry(entry, { focuses = false } = {}) {
      const group = sections.flatMap((section) => section.groups).find((candidate) => candidate.entries.includes(entry));
      openGroup(group, true);
      open(entry, true);
      const scroll = () => entry.element.scrollIntoView({ block: "start" });
      scroll();
      // Entries above that were never drawn turn out to be of another height than assumed.
      requestAnimationFrame(() => requestAnimationFrame(scroll));
      if (focuses) entry.parts.toggle.focus({ preventScroll: true });
    }

    function selectedEntry() {
      return page.selection?.members.length === 1 ? model.changes[page.selection.members[0]] : null;
    }

    function markSelected() {
      const selected = selectedEntry();
      for (const entry of model.changes) entry.element?.classList.toggle("is-selected", entry === selected);
    }

    function select(selection, { scrolls = false, focuses = false, reveals = false } = {}) {
      page.selection = selection;
      applyFilter();
      markSelected();
      const entry = selectedEntry();
      if (entry) {
        setHash(linkTo(entry));
        open(entry, true);
      }
      if (scrolls) showSelected({ focuses });
      graph?.selectionChanged(reveals);
    }

    function clearSelection() {
      if (!page.selection) return;
      page.selection = null;
      setHash(location.pathname + location.search);
      applyFilter();
      markSelected();
      graph?.selectionChanged(false);
    }

    /** Scrolls to what is selected; of a group, to the first that is shown. */
    function showSelected({ focuses = false } = {}) {
      maximize(false);
      const { selection } = page;
      if (!selection) return;
      const members = new Set(selection.members);
      const first = sections.find((section) => section.name === "changes")?.groups.flatMap((group) => group.entries).find((entry) => members.has(entry.position) && isShown(entry));
      if (!first) return;
      if (selection.members.length === 1) showEntry(first, { focuses });
      else first.element.scrollIntoView({ block: "start" });
    }

    function selectionOf(entry) {
      return { members: [entry.position], title: entry.change.address, words: wordOf(entry) };
    }

    function showInGraph(entry) {
      showGraph(true);
      select(selectionOf(entry), { reveals: true });
      if (!wide.matches) byId("graph-panel").scrollIntoView({ block: "center" });
    }

    /** The address bar names the selection, so that it can be sent. Some browsers refuse to change it in local files. */
    function setHash(url) {
      try {
        history.replaceState(null, "", url);
      } catch {
        // The page works without.
      }
    }

    function followHash() {
      const anchor = decoded(location.hash.slice(1));
      if (!anchor) return;
      const all = [...model.changes, ...model.waiting, ...model.drift];
      const entry = all.find((candidate) => candidate.anchor === anchor);
      if (entry?.section === "change") select(selectionOf(entry), { scrolls: true, focuses: true, reveals: true });
      else if (entry) showEntry(entry, { focuses: true });
    }

    function decoded(text) {
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    }

    // The graph beside the text

    function showGraph(isShown) {
      byId("graph-panel").hidden = !isShown;
      byId("columns").classList.toggle("has-graph", isShown);
      byId("graph-toggle").setAttribute("aria-pressed", String(isShown));
      if (!isShown) maximize(false);
    }

    function maximize(isMaximized) {
      byId("graph-panel").classList.toggle("is-maximized", isMaximized);
      const button = byId("graph-maximize");
      button.setAttribute("aria-pressed", String(isMaximized));
      button.textContent = isMaximized ? "Restore" : "Maximize";
    }

    // Building

    function buildSections() {
      const { plan } = model;
      const isRefresh = plan.mode === "refresh-only";
      const changes = ["changes", isRefresh ? "Objects" : "Changes", null, model.changes];
      const waiting = ["waiting", "Waiting", "These wait for something outside, and for what comes before them. A later plan makes them.", model.waiting];
      const drift = ["drift", "Changed outside", isRefresh ? null : "These were changed since the last apply, and not by this configuration. The plan may undo or follow some of it.", model.drift];
      // What changed outside is the whole of a refresh-only plan.
      const order = isRefresh ? [drift, changes, waiting] : [changes, waiting, drift];
      const attention = plan.mode === "destroy" ? null : buildAttention(model);
      const isEmpty = !model.changed.length && !model.waiting.length && !model.outputs.length;
      const elements = [];
      for (const [name, title, lead, entries] of order) {
        const section = buildEntriesSection(name, title, lead, entries);
        sections.push({ name, title, ...section });
        elements.push(section.element);
      }
      if (model.outputs.length) {
        outputs = buildOutputs(model.outputs);
        elements.splice(1, 0, outputs.element);
      }
      noMatch = make("p", { class: "no-match", hidden: true }, "Nothing matches. ", make("button", { type: "button", class: "link-button", textContent: "Clear search and filters", onclick: clearFilters }));
      reading.append(...[buildJumps(), isEmpty ? drawNothing(model) : null, attention, noMatch, ...elements].filter(Boolean));
    }

    /** Links to the sections, where there is more than one. */
    function buildJumps() {
      const targets = [
        ["changes", "Changes", model.changed.length],
        ["outputs", "Outputs", model.outputs.length],
        ["waiting", "Waiting", model.waiting.length],
        ["drift", "Changed outside", model.drift.length],
      ].filter(([, , count]) => count > 0);
      if (targets.length < 2) return null;
      return make("nav", { class: "jumps", "aria-label": "Sections" }, ...targets.map(([name, title, count]) => make("a", { href: `#${name}`, textContent: `${title} (${numbers.format(count)})` })));
    }

    function listen() {
      let timer = 0;
      search.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => setSearch(search.value), SEARCH_DELAY_MILLISECONDS);
      });
      byId("expand-all").addEventListener("click", () => openAll(true));
      byId("collapse-all").addEventListener("click", () => openAll(false));
      byId("graph-toggle").addEventListener("click", () => showGraph(byId("graph-panel").hidden));
      byId("graph-maximize").addEventListener("click", () => maximize(!byId("graph-panel").classList.contains("is-maximized")));
      document.addEventListener("keydown", pressKey);
      window.addEventListener("hashchange", followHash);
      window.addEventListener("beforeprint", preparePrint);
      window.addEventListener("afterprint", finishPrint);
      new ResizeObserver(([bar]) => {
        document.documentElement.style.setProperty("--toolbar-height", `${Math.ceil(bar.target.offsetHeight)}px`);
      }).observe(byId("toolbar"));
    }

    function pressKey(event) {
      const isTyping = event.target.closest?.("input, select, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        maximize(false);
        search.focus();
        search.select();
      } else if (event.key === "Escape") {
        escape(event);
      }
    }

    /** Undoes one thing: the search, the large graph, or the selection. */
    function escape(event) {
      if (event.target === search) {
        if (!search.value) search.blur();
        search.value = "";
        setSearch("");
      } else if (byId("graph-panel").classList.contains("is-maximized")) {
        maximize(false);
      } else {
        clearSelection();
      }
    }

    // Paper cannot be clicked: what is shown is printed open and whole.

    let openedForPrint = [];

    function preparePrint() {
      const entries = sections.flatMap((section) => section.groups.flatMap((group) => group.entries.filter(isShown)));
      if (entries.length > PRINTED_OPEN_MAX) return;
      page.isPrinting = true;
      openedForPrint = entries.filter((entry) => !entry.isOpen);
      for (const entry of entries) {
        entry.bodyTerms = null;
        open(entry, true);
      }
      if (outputs) showOutputs(outputs, page);
    }

    function finishPrint() {
      if (!page.isPrinting) return;
      page.isPrinting = false;
      for (const section of sections) {
        for (const entry of section.groups.flatMap((group) => group.entries)) entry.bodyTerms = null;
      }
      for (const entry of openedForPrint) open(entry, false);
      openedForPrint = [];
      applyFilter();
    }

    function start() {
      drawMasthead(model);
      drawChips();
      buildSections();
      byId("toolbar").hidden = !model.changes.length && !model.waiting.length && !model.drift.length && !outputs;
      byId("graph-toggle").hidden = !page.hasGraph;
      const count = model.changed.length + model.waiting.length + model.drift.length;
      if (count <= OPEN_AT_FIRST_MAX) {
        for (const entry of [...model.changed, ...model.waiting, ...model.drift]) entry.isOpen = true;
      }
      applyFilter();
      if (page.hasGraph) {
        graph = createGraph(model, page);
        showGraph(wide.matches && model.changed.length > 0);
      }
      listen();
      followHash();
    }

    return { start };
  }

  const plan = readPlan();
  if (plan) createPage(modelOf(plan)).start();
  else byId("masthead").append(notice("destroy", "There is no plan in this page.", "It was not written whole, or was changed since."));
})();
