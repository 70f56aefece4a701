// Where everything in the graph stands: columns from left to right, so that what is used stands left of what uses it.

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
