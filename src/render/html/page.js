// The page, which ties the parts together: filters, search, keys and links.

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
