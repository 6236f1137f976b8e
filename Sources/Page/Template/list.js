const cardGap = 10;

/**
 * A list of cards of which only those near the window are in the document.
 *
 * Heights are guessed until a card has been drawn; then what is on the screen stays where it is.
 */
class WindowedList {
  constructor(draw) {
    this.draw = draw;
    this.node = element("div", { class: "cards", role: "list", "aria-label": "Sentences" });
    this.cards = new Map();
    this.show([]);
  }

  /** Shows other sentences. */
  show(sentences) {
    this.clear();
    this.sentences = sentences;
    this.heights = new Float64Array(sentences.length);
    this.place();
  }

  /** Forgets what is drawn, as when the width has changed. */
  clear() {
    this.node.replaceChildren();
    this.cards.clear();
    this.heights?.fill(0);
  }

  /** Puts every card where the heights above it end. */
  place() {
    const known = this.heights.filter((height) => height > 0);
    const guess = known.length ? known.reduce((sum, height) => sum + height, 0) / known.length : 200;
    this.tops = new Float64Array(this.sentences.length + 1);
    this.heights.forEach((height, index) => { this.tops[index + 1] = this.tops[index] + (height || guess) + cardGap; });
    this.node.style.height = `${this.tops.at(-1)}px`;
    for (const [index, node] of this.cards) node.style.top = `${this.tops[index]}px`;
  }

  /** The place of the card at a height in the list. */
  at(y) {
    let [low, high] = [0, Math.max(0, this.sentences.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle; else high = middle - 1;
    }
    return low;
  }

  /** Draws what is near the window, and measures it until no height is guessed there. */
  update() {
    if (!this.sentences.length) return;
    for (let turn = 0; turn < 4; turn++) {
      const top = this.node.getBoundingClientRect().top, margin = innerHeight / 4;
      const first = this.at(-top - margin), last = this.at(innerHeight - top + margin);
      const anchor = this.at(stickyHeight() - top), offset = this.tops[anchor];
      this.keep(first, last);
      if (!this.measure()) return;
      const moved = this.tops[anchor] - offset;
      if (moved && top < stickyHeight()) scrollBy(0, moved);
    }
  }

  /** Takes cards of other places out of the document and draws those that it lacks. */
  keep(first, last) {
    for (const [index, node] of this.cards) {
      if (index < first || index > last) { node.remove(); this.cards.delete(index); }
    }
    for (let index = last, next = null; index >= first; index--) {
      let node = this.cards.get(index);
      if (!node) {
        node = this.draw(this.sentences[index], index);
        node.style.top = `${this.tops[index]}px`;
        this.node.insertBefore(node, next);
        this.cards.set(index, node);
      }
      next = node;
    }
  }

  /** Measures the cards; whether any height is new. */
  measure() {
    let isNew = false;
    for (const [index, node] of this.cards) {
      if (this.heights[index] !== node.offsetHeight) { this.heights[index] = node.offsetHeight; isNew = true; }
    }
    if (isNew) this.place();
    return isNew;
  }

  /** Scrolls a card to the top of the window, and returns it. */
  reveal(index) {
    for (let turn = 0; turn < 4; turn++) {
      const y = scrollY + this.node.getBoundingClientRect().top + this.tops[index] - stickyHeight() - cardGap;
      scrollTo(0, y);
      this.update();
      const distance = this.cards.get(index)?.getBoundingClientRect().top - stickyHeight() - cardGap;
      if (Math.abs(distance) < 2) break;
    }
    return this.cards.get(index);
  }
}

/** The height of what stands above the list whatever the scroll. */
function stickyHeight() {
  const header = document.querySelector("header");
  return getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0;
}
