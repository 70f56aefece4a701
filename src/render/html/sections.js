// Changes by module, what waits, what changed outside, and outputs.

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
