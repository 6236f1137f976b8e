function compareView() {
  const rows = data.systems.map((system, index) => {
    const { difference } = system;
    return [`${letter(index)} ${system.name}`, system.runs.length, share(system.precision), share(system.recall),
      share(system.f1) + (system.deviation === undefined ? "" : ` ± ${share(system.deviation)}`),
      intervalText(system.interval), difference ? share(difference.value) : "–",
      difference ? intervalText(difference.interval) : "–",
      difference ? share(Math.ceil(difference.p * 1000) / 1000) + (difference.isSignificant ? " *" : "") : "–"];
  });
  const few = data.systems.some((system) => system.runs.length < 3);
  return [
    element("h2", {}, `Systems by ${data.systems[0].report.match}`),
    table(["system", "seeds", "P", "R", "F1 mean ± sd", "95 % interval", "− A", "interval of − A", "p"],
      [[null, rows]]),
    element("figure", {}, element("figcaption", {}, "F1 minus that of A"), differences()),
    element("p", { class: "quiet" }, `Intervals, differences and p: paired bootstrap over sentences, ${data.resamples} `
      + "resamples; p by Holm for all together, * below .05." + (few ? " Fewer than three seeds of a system tell little "
      + "about the next seed." : "")),
    element("h2", {}, "Runs"),
    element("ul", {}, data.systems.flatMap((system, index) =>
      system.runs.map((run) => element("li", {}, `${letter(index)} ${run}`)))),
  ];
}

/** The configurations; lines that the first one lacks are marked. */
function configurationView() {
  const first = new Set((data.systems[0].configuration ?? "").split("\n"));
  return data.systems.flatMap((system, index) => {
    const name = data.systems.length > 1 ? `${letter(index)} ${system.name}` : system.name;
    if (system.configuration === undefined) {
      return [element("h2", {}, name), element("p", {}, "This system's configuration is not known.")];
    }
    const marks = index > 0 && data.systems[0].configuration !== undefined;
    const lines = system.configuration.split("\n").flatMap((line) => marks && !first.has(line)
      ? [element("span", { class: "differs" }, `≠ ${line}`), "\n"] : [`${marks ? "  " : ""}${line}\n`]);
    return [element("h2", {}, name), element("pre", { tabindex: "0" }, lines)];
  });
}
