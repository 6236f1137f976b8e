/** F1 as a bar from 0 to 1 with its interval, and the structural ceiling as a mark above it. */
function scoreBar(counts, interval, ceiling) {
  const at = (value) => 5 + 160 * value;
  const { f1 } = quotients(counts);
  const top = ceiling ? at(quotients(ceiling).f1) : null;
  return drawing(170, 20, null,
    svg("rect", { class: "track", x: at(0), y: 7, width: 160, height: 8 }),
    svg("rect", { class: "value", x: at(0), y: 7, width: 160 * f1, height: 8 }),
    interval ? svg("path", { class: "whisker",
      d: `M${at(interval[0])} 6v10m0 -5H${at(interval[1])}m0 -5v10` }) : null,
    top === null ? null : svg("path", { class: "mark", d: `M${top} 7l-4 -6h8z` }));
}

/** The frame of a chart of two shares: `x` and `y` turn shares into pixels. */
function chart(caption, label, xName, yName, draw) {
  const size = 320, left = 44, bottom = 40;
  const x = (value) => left + (size - left - 10) * value, y = (value) => size - bottom - (size - bottom - 10) * value;
  const ticks = [0, .25, .5, .75, 1];
  const axes = ticks.flatMap((tick) => [
    svg("path", { class: "axis", d: `M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}` }),
    svg("text", { x: x(tick), y: y(0) + 15, "text-anchor": "middle" }, String(tick)),
    svg("text", { x: x(0) - 5, y: y(tick) + 4, "text-anchor": "end" }, String(tick)),
  ]);
  return element("figure", {}, element("figcaption", {}, caption), drawing(size, size, label, axes,
    svg("text", { x: x(.5), y: size - 6, "text-anchor": "middle" }, xName),
    svg("text", { x: 12, y: y(.5), "text-anchor": "middle", transform: `rotate(-90 12 ${y(.5)})` }, yName),
    draw(x, y)));
}

function reliability({ bins, error }) {
  const label = `Share of right triples by probability; expected calibration error ${share(error)}`;
  return chart("Reliability", label, "probability", "share of right triples", (x, y) => [
    ...bins.map(([count, right], index) => count === 0 ? null : svg("rect", {
      class: "value", opacity: .55, x: x(index / bins.length) + 1, width: x(1 / bins.length) - x(0) - 2,
      y: y(right / count), height: y(0) - y(right / count),
    }, svg("title", {}, `${right} of ${count} right`))),
    svg("path", { class: "whisker", "stroke-dasharray": "4 4", d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` }),
    ...bins.map(([count, right, score]) => count === 0 ? null : svg("circle", {
      class: "mark", r: 3.5, cx: x(score), cy: y(right / count) })),
  ].filter((node) => node !== null));
}

function precisionRecall({ curve }) {
  // Where nothing is left there is no precision.
  const points = curve.filter(([, precision, recall]) => precision > 0 || recall > 0);
  const path = (x, y) => points.map(([, precision, recall], index) =>
    `${index ? "L" : "M"}${x(recall)} ${y(precision)}`).join("");
  const label = "Precision and recall as less probable triples are left out";
  return chart("Precision and recall", label, "recall", "precision", (x, y) => [
    svg("path", { class: "curve", d: path(x, y) }),
    ...points.map(([score, precision, recall]) => svg("circle", {
      class: "value", r: 2.5, cx: x(recall), cy: y(precision),
    }, svg("title", {}, `from ${share(score)}: precision ${share(precision)}, recall ${share(recall)}`))),
  ]);
}

function calibrationView(parameters) {
  const system = chosenSystem(parameters), { calibration } = system.report;
  const choice = systemChoice("calibration", parameters);
  if (!calibration) return [choice, element("p", {}, "This system gives no probabilities.")];
  const bins = calibration.bins.map(([count, right, score], index) => [
    `${index / calibration.bins.length} to ${(index + 1) / calibration.bins.length}`, count, right,
    count ? share(right / count) : "", count ? share(score) : "",
  ]);
  return [
    choice, element("p", {}, `Expected calibration error ${share(calibration.error)}, by ${system.report.match}.`),
    element("div", { class: "charts" }, reliability(calibration), precisionRecall(calibration)),
    element("h2", {}, "Bins"),
    table(["probability", "triples", "right", "share of right", "mean probability"], [[null, bins]]),
  ];
}

/** Each system's difference from the first, with its interval, on one axis. */
function differences() {
  const others = data.systems.slice(1);
  const reach = Math.max(.001, ...others.flatMap(({ difference }) => difference.interval.map(Math.abs))) * 1.1;
  const width = 360, row = 26, height = others.length * row + 24;
  const x = (value) => 40 + (width - 60) * (value + reach) / (2 * reach);
  const rows = others.flatMap(({ difference: { value, interval } }, index) => {
    const y = 12 + index * row;
    return [
      svg("text", { x: 4, y: y + 4 }, letter(index + 1)),
      svg("path", { class: "whisker", d: `M${x(interval[0])} ${y - 5}v10m0 -5H${x(interval[1])}m0 -5v10` }),
      svg("circle", { class: "value", r: 5, cx: x(value), cy: y }),
    ];
  });
  const ticks = [-reach / 1.1, 0, reach / 1.1].map((tick) =>
    svg("text", { x: x(tick), y: height - 4, "text-anchor": "middle" }, share(tick)));
  return drawing(width, height, "Differences of F1 from system A with their intervals",
    svg("path", { class: "axis", d: `M${x(0)} 0V${height - 18}` }), rows, ticks);
}
