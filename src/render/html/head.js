// The head of the page: what was planned, where, and how much of everything.

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
