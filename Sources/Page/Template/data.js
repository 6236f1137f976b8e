const data = JSON.parse(document.getElementById("data").textContent);
const relationNames = data.relations;

/** Running sums of counts: where each of some runs begins, and where the last ends. */
function offsets(counts) {
  const sums = new Int32Array(counts.length + 1);
  counts.forEach((count, index) => { sums[index + 1] = sums[index] + count; });
  return sums;
}

/** The sentences in typed arrays: where tokens and items of each begin, and kind and relations of every item. */
function decodeCorpus(raw) {
  const firstToken = offsets(raw.lengths), firstItem = offsets(raw.counts);
  const count = firstItem[raw.counts.length];
  const start = new Int32Array(count), kind = new Uint8Array(count);
  const gold = new Int32Array(count).fill(-1), predicted = new Int32Array(count).fill(-1);
  for (let item = 0, place = 0; item < count; item++) {
    start[item] = place;
    const head = raw.items[place++];
    kind[item] = head >> 2;
    if (head & 1) { gold[item] = raw.items[place + 2]; place += 5; }
    if (head & 2) { predicted[item] = raw.items[place + 2]; place += 6; }
  }
  return {
    ...raw, size: raw.lengths.length, firstToken, firstItem, start, kind, gold, predicted,
    tokens: Int32Array.from(raw.tokens), items: Int32Array.from(raw.items), searched: null,
  };
}

const corpus = decodeCorpus(data.corpus);

/** The tokens of a sentence as strings. */
function tokensOf(sentence) {
  const ids = corpus.tokens.subarray(corpus.firstToken[sentence], corpus.firstToken[sentence + 1]);
  return Array.from(ids, (id) => corpus.words[id]);
}

/** The entity at a place of the stream of items: `{text, start, end}`; null for an empty slot, no start without place. */
function entityAt(place, tokens) {
  const first = corpus.items[place], length = corpus.items[place + 1];
  if (first < 0) return null;
  if (length === 0) return { text: corpus.texts[first] };
  return { text: tokens.slice(first, first + length).join(" "), start: first, end: first + length - 1 };
}

function tripleAt(place, tokens) {
  const relation = corpus.items[place + 2];
  return {
    head: entityAt(place, tokens), relation: relation < 0 ? null : relationNames[relation],
    tail: entityAt(place + 3, tokens),
  };
}

/** The items of a sentence: `{item, kind, gold, predicted, score}`. */
function itemsOf(sentence, tokens) {
  const items = [];
  for (let item = corpus.firstItem[sentence]; item < corpus.firstItem[sentence + 1]; item++) {
    let place = corpus.start[item];
    const shape = corpus.items[place++];
    const read = { item, kind: data.kinds[corpus.kind[item]], gold: null, predicted: null, score: -1 };
    if (shape & 1) { read.gold = tripleAt(place, tokens); place += 5; }
    if (shape & 2) { read.predicted = tripleAt(place, tokens); read.score = corpus.items[place + 5] / 1000; }
    items.push(read);
  }
  return items;
}

/** The classes of a sentence by name. */
function classesOf(sentence) {
  return data.classes.filter((_, bit) => corpus.classes[sentence] >> bit & 1);
}

/** The index of the group of sentences of so many tokens; groups are ten wide, and the last is open. */
function lengthGroup(tokens) {
  return Math.min(Math.floor(Math.max(0, tokens - 1) / 10), data.lengths.length - 1);
}
