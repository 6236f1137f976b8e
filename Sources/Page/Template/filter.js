/** The filter that a fragment's parameters describe; what the report does not have is left out and named. */
function filterOf(parameters) {
  const unknown = [];
  const known = (key, names) => parameters.getAll(key).filter((value) => {
    if (!names.includes(value)) unknown.push(`${key} ${value}`);
    return names.includes(value);
  });
  return {
    kind: known("kind", data.kinds), relation: known("relation", relationNames)[0] ?? "",
    class: known("class", [...data.classes, "none"])[0] ?? "",
    length: known("length", data.lengths)[0] ?? "", text: parameters.get("text") ?? "", unknown,
  };
}

/** The tokens and the id of every sentence in small letters, made when they are first searched. */
function searchedTexts() {
  corpus.searched ??= corpus.ids.map((id, sentence) =>
    (tokensOf(sentence).join(" ") + "\n" + id).toLowerCase());
  return corpus.searched;
}

/** A test of a sentence by what the filter says of class, length and text. */
function sentenceTest(filter) {
  const bit = data.classes.indexOf(filter.class), group = data.lengths.indexOf(filter.length);
  const text = filter.text.toLowerCase(), texts = text ? searchedTexts() : null;
  return (sentence) => {
    const classes = corpus.classes[sentence];
    if (filter.class && !(filter.class === "none" ? classes === 0 : classes >> bit & 1)) return false;
    if (filter.length && lengthGroup(corpus.lengths[sentence]) !== group) return false;
    return !texts || texts[sentence].includes(text);
  };
}

/**
 * The sentences with an item that passes the filter, those items, and the number of each kind that passes all but the
 * filter's kinds. Without kinds every kind of error passes, and what is right does not.
 */
function filtered(filter) {
  const chosen = new Uint8Array(data.kinds.length).fill(filter.kind.length ? 0 : 1);
  if (filter.kind.length) for (const kind of filter.kind) chosen[data.kinds.indexOf(kind)] = 1;
  else chosen[0] = 0;
  const passes = sentenceTest(filter), relation = filter.relation ? relationNames.indexOf(filter.relation) : -1;
  const sentences = [], matches = new Uint8Array(corpus.kind.length);
  const counts = new Int32Array(data.kinds.length);
  let total = 0;
  for (let sentence = 0; sentence < corpus.size; sentence++) {
    if (!passes(sentence)) continue;
    const before = total;
    for (let item = corpus.firstItem[sentence]; item < corpus.firstItem[sentence + 1]; item++) {
      if (relation >= 0 && corpus.gold[item] !== relation && corpus.predicted[item] !== relation) continue;
      counts[corpus.kind[item]]++;
      if (chosen[corpus.kind[item]]) { matches[item] = 1; total++; }
    }
    if (total > before) sentences.push(sentence);
  }
  return { sentences, matches, counts, total };
}
