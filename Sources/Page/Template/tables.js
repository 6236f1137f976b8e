/** The columns that begin at the left: text and bars. */
const leftColumns = new Set(["relation", "F1 from 0 to 1", "mostly taken for"]);

/**
 * A table of text, numbers and nodes, in one group or in several with names: `[name, rows]`.
 *
 * Where the window is narrow, names of columns stand beside the cells.
 */
function table(header, groups) {
  const side = (index) => leftColumns.has(header[index]) ? "start" : "";
  const cell = (value, index) => element("td", {
    role: "cell", "data-label": header[index], class: `${side(index)}${value instanceof SVGElement ? " bar" : ""}`,
  }, value instanceof Node ? value : String(value));
  return element("table", { role: "table" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, header.map((name, index) =>
      element("th", { role: "columnheader", scope: "col", class: side(index) }, name)))),
    groups.map(([name, rows]) => element("tbody", { role: "rowgroup" },
      name === null ? null : element("tr", { role: "row" },
        element("th", { role: "rowheader", scope: "rowgroup", class: "group", colspan: header.length }, name)),
      rows.map((row) => element("tr", { role: "row" }, row.map(cell))))));
}

/** The system that a fragment names, else the first. */
function chosenSystem(parameters) {
  return data.systems.find((_, index) => letter(index) === parameters.get("system")) ?? data.systems[0];
}

/** A choice among systems, if there are several, for a view that shows one. */
function systemChoice(view, parameters) {
  const system = chosenSystem(parameters);
  const about = system.runs.length > 1 ? `${system.runs[0]}, the first of ${system.runs.length} runs` : system.runs[0];
  if (data.systems.length === 1) return element("p", { class: "quiet" }, about);
  return element("div", { class: "filters" }, element("label", {}, "System", element("select", {
    onchange: (event) => { location.hash = fragment(view, { system: event.target.value }); },
  }, data.systems.map((other, index) => element("option", {
    value: letter(index), ...(other === system ? { selected: "" } : {}),
  }, `${letter(index)} ${other.name}`)))), element("span", { class: "quiet" }, about));
}

/** The cells of a score: P, R, F1, its bar, the interval, the ceiling and the counts. */
function scoreCells({ counts, interval, ceiling }) {
  const { precision, recall, f1 } = quotients(counts);
  return [share(precision), share(recall), share(f1), scoreBar(counts, interval, ceiling), intervalText(interval),
    ceiling ? share(quotients(ceiling).f1) : "", ...counts];
}

/** The parts of the list of scores by the beginning of their names. */
const scoreParts = [
  ["All triples", (row) => row.name === "all"],
  ["By what training had", (row) => /^(un)?seen /.test(row.name)],
  ["By overlap class", (row) => data.classes.includes(row.name)],
  ["By number of triples", (row) => row.name.startsWith("triples ")],
  ["By tokens of the entities", (row) => row.name.startsWith("entity length ")],
  ["By tokens of the sentence", (row) => row.name.startsWith("tokens ")],
  ["Relations, entities and tags", () => true],
];

/** The errors that a row of scores counts, as a fragment; null where errors have no such filter. */
function errorsOfRow(row) {
  if (data.classes.includes(row.name)) return fragment("errors", { class: row.name });
  const length = row.name.replace("tokens ", "");
  return row.name.startsWith("tokens ") ? fragment("errors", { length }) : null;
}

/** The kinds of wrong predictions that occur, in a line; nothing where there are none. */
function errorKinds(errors) {
  const kinds = errors.filter(({ count }) => count > 0)
    .map(({ kind, count, perThousandGold }) => `${kind} ${count} (${perThousandGold.toFixed(1)})`);
  return kinds.length === 0 ? [] : element("p", { class: "quiet" },
    `Wrong predictions by exact strings, and in brackets per 1,000 gold triples: ${kinds.join(", ")}.`);
}

function scoresView(parameters) {
  const system = chosenSystem(parameters), { rows, match } = system.report;
  const header = ["", "P", "R", "F1", "F1 from 0 to 1", "95 % interval", "ceiling", "correct", "predicted", "gold",
    "sentences"];
  const hasCeiling = rows.some((row) => row.ceiling), ceiling = header.indexOf("ceiling");
  const shown = (cells) => hasCeiling ? cells : cells.filter((_, index) => index !== ceiling);
  let left = rows;
  const parts = scoreParts.map(([name, belongs]) => {
    const part = left.filter(belongs);
    left = left.filter((row) => !belongs(row));
    const lines = part.map((row) => {
      const label = row.name === "all" ? row.match : row.match === match ? row.name : `${row.name} (${row.match})`;
      const errors = system === data.systems[0] ? errorsOfRow(row) : null;
      return shown([errors ? element("a", { href: errors }, label) : label, ...scoreCells(row)]);
    });
    return [name, lines];
  });
  const mark = hasCeiling ? "; ▼ above it is the structural ceiling" : "";
  return [systemChoice("scores", parameters),
    element("p", { class: "quiet" }, `Matched by ${match}. The bar is F1 with its 95 % interval${mark}.`),
  table(shown(header), parts.filter(([, lines]) => lines.length)), errorKinds(system.report.errors)];
}

/** The columns of the table of relations: a name, and the value by which it sorts. */
const relationColumns = [
  ["relation", (row) => relationNames[row.relation]], ["P", (row) => quotients(row.counts).precision],
  ["R", (row) => quotients(row.counts).recall], ["F1", (row) => quotients(row.counts).f1],
  ["F1 from 0 to 1", (row) => quotients(row.counts).f1], ["95 % interval", (row) => row.interval?.[0] ?? 0],
  ["correct", (row) => row.counts[0]], ["predicted", (row) => row.counts[1]], ["gold", (row) => row.counts[2]],
  ["mostly taken for", (row) => row.takenFor[0]?.[1] ?? 0],
];

/** The relations that a relation is taken for, the commonest three, with their numbers. */
function takenFor(row, isFirst) {
  const all = row.takenFor.slice(0, 3).flatMap(([relation, count], index) => [
    index ? ", " : "", `${relationNames[relation]} (${count})`]);
  if (row.takenFor.length > 3) all.push(`, and ${row.takenFor.length - 3} more`);
  if (!all.length) return "";
  const href = fragment("errors", { kind: "wrong relation", relation: relationNames[row.relation] });
  return isFirst ? element("a", { href }, ...all) : element("span", {}, ...all);
}

function relationsView(parameters) {
  const system = chosenSystem(parameters), isFirst = system === data.systems[0];
  const asked = relationColumns.findIndex(([name]) => name === parameters.get("by"));
  const isDescending = parameters.get("order") === "descending";
  const rows = [...system.report.relations];
  if (asked >= 0) {
    const value = relationColumns[asked][1], way = isDescending ? -1 : 1;
    rows.sort((a, b) => (value(a) < value(b) ? -way : value(a) > value(b) ? way : 0));
  }
  const lines = rows.map((row) => {
    const name = relationNames[row.relation];
    const [correct, predicted, gold] = row.counts;
    const { precision, recall, f1 } = quotients(row.counts);
    return [isFirst ? element("a", { href: fragment("errors", { relation: name }) }, name) : name,
      share(precision), share(recall), share(f1), scoreBar(row.counts, row.interval), intervalText(row.interval),
      correct, predicted, gold, takenFor(row, isFirst)];
  });
  const made = table(relationColumns.map(([name]) => name), [[null, lines]]);
  made.querySelectorAll("th").forEach((head, index) => {
    const name = relationColumns[index][0], isAsked = index === asked;
    head.setAttribute("aria-sort", isAsked ? (isDescending ? "descending" : "ascending") : "none");
    const order = isAsked ? !isDescending : index > 5;
    const href = fragment("relations", { system: parameters.get("system"), by: name,
      order: order ? "descending" : "ascending" });
    head.replaceChildren(element("button", { type: "button", onclick: () => { location.hash = href; } }, name));
  });
  const order = asked < 0 ? ", worst first" : "";
  return [systemChoice("relations", parameters), element("p", { class: "quiet" },
    `${counted(rows.length, "relation")} by ${system.report.match}${order}. A relation leads to its errors.`),
  made];
}
