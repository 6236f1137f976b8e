/** An element with attributes and children; strings become text, and null children are left out. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An element of SVG, likewise. */
function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null));
  return node;
}

/** A drawing of a size in pixels, with its meaning in words; one without words is passed over by screen readers. */
function drawing(width, height, label, ...children) {
  const meaning = label === null ? { "aria-hidden": "true" } : { role: "img", "aria-label": label };
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, ...meaning }, ...children);
}

/** A share with three places, as tables print it: `.953`, `0`, `1`. */
function share(value) {
  if (value === 0 || value === 1) return String(value);
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}

function intervalText(interval) {
  return interval ? `[${share(interval[0])}, ${share(interval[1])}]` : "";
}

/** A number of things in words: `1 error`, `2 errors`. */
function counted(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** The letter of a system: A for the first. */
function letter(index) {
  return index < 26 ? String.fromCharCode(65 + index) : `S${index + 1}`;
}

/** Precision, recall and F1 of counts of correct, predicted and gold. */
function quotients([correct, predicted, gold]) {
  return {
    precision: predicted ? correct / predicted : 0, recall: gold ? correct / gold : 0,
    f1: predicted + gold ? 2 * correct / (predicted + gold) : 0,
  };
}

/** The fragment of a view with parameters, without those that are empty. */
function fragment(view, parameters = {}) {
  const search = new URLSearchParams();
  for (const [key, values] of Object.entries(parameters)) {
    for (const value of [values].flat()) if (value !== "" && value !== null) search.append(key, value);
  }
  const words = search.toString();
  return "#" + view + (words ? "?" + words : "");
}
