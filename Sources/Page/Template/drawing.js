const signs = { right: "✓", wrong: "✗", missing: "○" };
const gap = 5, levelHeight = 20, textHeight = 20, mostDrawn = 12;
const sizes = { "15px": ruler("15px"), "12px": ruler("12px") };

/** A measure of texts at a size of the page's font, which remembers their widths. */
function ruler(size) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${size} system-ui, sans-serif`;
  return { pen, widths: new Map() };
}

/** The width of a text in pixels. */
function widthOf(text, size) {
  const { pen, widths } = sizes[size];
  let width = widths.get(text);
  if (width === undefined) {
    width = pen.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}

/** The text, or as much of its beginning as is no wider than `most`. */
function cut(text, most, size) {
  if (widthOf(text, size) <= most) return text;
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(characters.slice(0, middle).join("") + "…", size) <= most) low = middle;
    else high = middle - 1;
  }
  return characters.slice(0, low).join("") + "…";
}

/** The places of tokens in lines of a width: `{text, line, left, right}` each. */
function placedTokens(tokens, width) {
  let line = 0, left = 0;
  return tokens.map((token) => {
    const text = cut(token, width, "15px"), size = Math.min(widthOf(text, "15px"), width);
    if (left > 0 && left + size > width) { line++; left = 0; }
    const place = { text, line, left, right: left + size };
    left += size + gap;
    return place;
  });
}

/** The triples of a side that can be drawn, those that the filter asks for first: `{head, tail, text, status, above}`. */
function arrows(items, matches, side) {
  const drawn = items.filter((item) => item[side]?.head?.start >= 0 && item[side]?.tail?.start >= 0)
    .sort((a, b) => matches[b.item] - matches[a.item]);
  return drawn.map((item) => {
    const status = item.kind === "right" ? "right" : side === "gold" ? "missing" : "wrong";
    const { head, tail, relation } = item[side];
    return { head, tail, status, above: side === "gold", text: `${signs[status]} ${relation ?? "no relation"}` };
  });
}

/** The parts of an arrow in the lines that it passes: `{line, from, to, headX, tailX}`, with ends where it has them. */
function segments(arrow, places, width) {
  const middle = (entity, shift) => {
    const first = places[entity.start];
    const last = places.slice(entity.start, entity.end + 1).findLast((place) => place.line === first.line);
    return { line: first.line, x: Math.min(width - 6, Math.max(6, (first.left + last.right) / 2 + shift)) };
  };
  const head = middle(arrow.head, -4), tail = middle(arrow.tail, 4);
  const parts = [];
  for (let line = Math.min(head.line, tail.line); line <= Math.max(head.line, tail.line); line++) {
    const ends = [line === head.line ? head.x : null, line === tail.line ? tail.x : null];
    const known = ends.filter((x) => x !== null);
    // An arrow that goes on leaves the earlier line at its right edge and enters the later one at its left.
    if (line > Math.min(head.line, tail.line)) known.push(0);
    if (line < Math.max(head.line, tail.line)) known.push(width);
    const [from, to] = [Math.min(...known), Math.max(...known)];
    const text = cut(arrow.text, width, "12px"), size = widthOf(text, "12px");
    const label = Math.min(width - size / 2, Math.max(size / 2, (from + to) / 2));
    parts.push({
      ...arrow, line, from, to, headX: ends[0], tailX: ends[1], text, label, title: arrow.text,
      left: Math.min(from, label - size / 2), right: Math.max(to, label + size / 2), level: 0,
    });
  }
  return parts;
}

/** Gives each part the lowest level at which it touches no other, the narrow ones first; returns the number of levels. */
function stack(parts) {
  const levels = [];
  for (const part of parts.sort((a, b) => (a.right - a.left) - (b.right - b.left))) {
    let level = levels.findIndex((others) =>
      others.every((other) => other.right + 6 < part.left || part.right + 6 < other.left));
    if (level < 0) level = levels.push([]) - 1;
    levels[level].push(part);
    part.level = level;
  }
  return levels.length;
}

/** The height of a part's line across, in a line of text that begins at `top`. */
function heightOf(part, top) {
  const away = 10 + part.level * levelHeight;
  return part.above ? top - 1 - away : top + textHeight + 1 + away;
}

/** An arrow's part: a line from the head up (or down), across and to the tail. */
function drawnPart(part, top) {
  const y = heightOf(part, top), way = part.above ? -1 : 1;
  const base = part.above ? top - 1 : top + textHeight + 1;
  const ends = [part.headX, part.tailX].filter((x) => x !== null);
  const [left, right] = [part.from, part.to];
  const path = (ends.includes(left) ? `M${left} ${base}V${y}` : `M${left} ${y}`) + `H${right}`
    + (ends.includes(right) ? `V${base}` : "");
  const tip = part.tailX;
  return svg("g", { class: part.status },
    svg("path", { class: "arc", d: path }),
    part.headX === null ? null : svg("circle", { class: "head", cx: part.headX, cy: base, r: 2.5 }),
    tip === null ? null : svg("path", {
      class: "head", d: `M${tip} ${base - way}l-4 ${way * 7}h8z` }));
}

/** The label of a part on a ground that hides the lines behind it; beyond the line where it would hide that too. */
function drawnLabel(part, top) {
  const size = widthOf(part.text, "12px") + 6, hides = part.to - part.from < size + 8;
  const y = heightOf(part, top) + (hides ? (part.above ? -8 : 8) : 0);
  return svg("g", { class: part.status },
    svg("rect", { class: "ground", x: part.label - size / 2, y: y - 7, width: size, height: 14 }),
    svg("text", { class: "label", x: part.label, y: y + 4, "text-anchor": "middle" }, part.text,
      svg("title", {}, part.title)));
}

/** The bars over or under the entities of arrows, in every line that an entity touches. */
function bars(arrow, places, tops) {
  return [arrow.head, arrow.tail].flatMap((entity) => {
    const lines = new Map();
    for (const place of places.slice(entity.start, entity.end + 1)) {
      const bar = lines.get(place.line);
      lines.set(place.line, { left: bar?.left ?? place.left, right: place.right });
    }
    return Array.from(lines, ([line, bar]) => {
      const y = tops[line] + (arrow.above ? 1 : textHeight - 1);
      return svg("g", { class: arrow.status },
        svg("path", { class: "bar", d: `M${bar.left} ${y}H${bar.right}` }));
    });
  });
}

/** A sentence with its gold triples above and its predicted triples below, in lines of a width. */
function drawnSentence(tokens, items, matches, width) {
  const places = placedTokens(tokens, width), lines = (places.at(-1)?.line ?? 0) + 1;
  const sides = ["gold", "predicted"].map((side) => arrows(items, matches, side));
  const shown = sides.flatMap((all) => all.slice(0, mostDrawn));
  const parts = shown.flatMap((arrow) => segments(arrow, places, width));
  const tops = [];
  let height = 0;
  for (let line = 0; line < lines; line++) {
    const room = (above) => {
      const levels = stack(parts.filter((part) => part.line === line && part.above === above));
      return levels ? 12 + levels * levelHeight : 4;
    };
    tops.push(height + room(true));
    height = tops[line] + textHeight + room(false);
  }
  return {
    hidden: sides.reduce((sum, all) => sum + Math.max(0, all.length - mostDrawn), 0),
    svg: drawing(width, height, tokens.join(" "),
      shown.flatMap((arrow) => bars(arrow, places, tops)),
      parts.map((part) => drawnPart(part, tops[part.line])),
      parts.map((part) => drawnLabel(part, tops[part.line])),
      places.map((place, index) => svg("text", {
        class: "token", x: place.left, y: tops[place.line] + 15,
      }, place.text, place.text === tokens[index] ? null : svg("title", {}, tokens[index])))),
  };
}
