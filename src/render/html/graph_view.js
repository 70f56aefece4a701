// The graph as it is seen, moved and selected in.

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
