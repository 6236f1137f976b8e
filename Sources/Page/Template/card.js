const mostListed = 40;

/** A triple in words. */
function tripleText(triple) {
  const name = (entity) => entity === null ? "–" : entity.start >= 0 ? entity.text : `${entity.text} (not in the text)`;
  return `(${name(triple.head)}, ${triple.relation ?? "–"}, ${name(triple.tail)})`;
}

/** A right triple or an error as a line; those that the filter does not ask for are quiet. */
function fact(item, matches) {
  const status = item.kind === "right" ? "right" : item.predicted ? "wrong" : "missing";
  const score = item.score >= 0 ? ` with probability ${share(item.score)}` : "";
  const predicted = item.predicted ? `predicted ${tripleText(item.predicted)}${score}` : null;
  const gold = item.gold && item.kind !== "right" ? `gold ${tripleText(item.gold)}` : null;
  return element("li", { class: matches[item.item] ? "match" : "other" },
    element("strong", { class: status }, `${signs[status]} ${item.kind}`),
    ` ${[predicted, gold].filter((part) => part !== null).join("; ")}`);
}

/**
 * A sentence with its triples.
 *
 * `place` is its place among those that pass the filter, `count` their number, and `width` that of the drawing.
 */
function card(sentence, { place, count, matches, width, isCurrent }) {
  const tokens = tokensOf(sentence);
  const items = itemsOf(sentence, tokens).sort((a, b) => matches[b.item] - matches[a.item]);
  const drawn = drawnSentence(tokens, items, matches, width);
  const about = [`${place + 1} of ${count}`, `sentence ${corpus.ids[sentence]}`, ...classesOf(sentence),
    counted(tokens.length, "token")];
  if (drawn.hidden) about.push(`${counted(drawn.hidden, "triple")} not drawn`);
  const rest = items.length - mostListed;
  return element("article", {
    class: "card", role: "listitem", tabindex: "-1", "aria-posinset": place + 1, "aria-setsize": count,
    "aria-current": isCurrent ? "true" : null, "data-sentence": sentence,
  }, element("h3", {}, about.join(" · ")), drawn.svg,
  element("ul", { class: "facts" }, items.slice(0, mostListed).map((item) => fact(item, matches)),
    rest > 0 ? element("li", {}, `and ${counted(rest, "more triple")}`) : null));
}
