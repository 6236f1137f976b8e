const errorsView = new ErrorsView();
const views = [
  ["scores", "Scores", scoresView], ["relations", "Relations", relationsView], ["errors", "Errors", null],
  ["calibration", "Calibration", calibrationView], ["compare", "Compare", compareView],
  ["configuration", "Configuration", configurationView],
].filter(([name]) => (name !== "calibration" || data.systems.some((system) => system.report.calibration))
  && (name !== "compare" || data.systems.length > 1)
  && (name !== "configuration" || data.systems.some((system) => system.configuration !== undefined)));
const main = document.getElementById("view"), tabs = document.getElementById("views");
let shown = null;

/** Shows the view that the fragment names, with its parameters. */
function route() {
  const [asked, search] = location.hash.slice(1).split(/\?(.*)/s);
  const [name, , draw] = views.find(([known]) => known === asked) ?? views[0];
  const parameters = new URLSearchParams(search ?? "");
  for (const link of tabs.children) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name !== shown || draw) main.replaceChildren(...(draw ? draw(parameters).flat() : errorsView.nodes));
  if (name !== shown) scrollTo(0, 0);
  shown = name;
  if (!draw) errorsView.show(parameters);
}

/** Turns the colours round: light ones dark, dark ones light. */
function turnTheme(button) {
  const { style } = document.documentElement;
  style.colorScheme = isDark() ? "light" : "dark";
  button.textContent = isDark() ? "Light" : "Dark";
}

function isDark() {
  const chosen = document.documentElement.style.colorScheme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function press(event) {
  const isTyping = event.target.closest("input, select, textarea");
  if (shown !== "errors" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") errorsView.move(1);
  else if (event.key === "k") errorsView.move(-1);
  else if (event.key === "/") errorsView.controls.elements.text.focus();
  else return;
  event.preventDefault();
}

document.title = data.title;
document.getElementById("title").textContent = data.title;
tabs.append(...views.map(([name, label]) => element("a", { href: "#" + name, "data-view": name }, label)));
const theme = document.getElementById("theme");
theme.textContent = isDark() ? "Light" : "Dark";
theme.addEventListener("click", () => turnTheme(theme));
document.addEventListener("keydown", press);
addEventListener("hashchange", route);
addEventListener("scroll", () => { if (shown === "errors") errorsView.list.update(); }, { passive: true });
// The first search need not wait for its texts.
globalThis.requestIdleCallback?.(searchedTexts);
let width = innerWidth;
addEventListener("resize", () => {
  if (shown !== "errors") return;
  if (innerWidth === width) errorsView.list.update(); else errorsView.redraw();
  width = innerWidth;
});
addEventListener("beforeprint", () => { if (shown === "errors") errorsView.print(); });
addEventListener("afterprint", () => { if (shown === "errors") route(); });
route();
