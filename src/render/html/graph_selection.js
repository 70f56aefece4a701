// What the graph shows: objects, or groups of them where there are too many to draw.

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
