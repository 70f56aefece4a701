// What happens to an object in the words of the page (kinds), and the plan as the page works with it.

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
