/** The number of items of each kind. */
const totals = corpus.kind.reduce((sums, kind) => { sums[kind]++; return sums; }, new Int32Array(data.kinds.length));

const mostPrinted = 200, paperWidth = 700;

/** The errors over their sentences, with their filters. */
class ErrorsView {
  constructor() {
    this.current = 0;
    this.matches = new Uint8Array(0);
    this.list = new WindowedList((sentence, place) => this.card(sentence, place));
    this.status = element("p", { role: "status", class: "count" });
    this.kinds = element("fieldset", { class: "kinds", "aria-label": "Kinds" });
    this.controls = this.filterControls();
    const system = data.systems[0];
    this.nodes = [
      element("p", { class: "quiet" }, "Gold triples above the text and predicted ones below it, from head ● to tail "
        + `▲, by exact strings: ${signs.right} right, ${signs.wrong} wrong, ${signs.missing} missing. `
        + `Predicted by ${system.runs[0]}.`),
      this.controls, this.kinds, this.status,
      element("p", { class: "keys quiet" }, "Keys: j next sentence, k the one before, / search."), this.list.node,
    ];
    this.list.node.addEventListener("click", (event) => {
      const place = event.target.closest(".card")?.getAttribute("aria-posinset");
      if (place) this.select(place - 1, this.list.cards.get(place - 1));
    });
  }

  filterControls() {
    const select = (key, name, options) => element("label", {}, name, element("select", {
      name: key, onchange: () => this.change(),
    }, element("option", { value: "" }, "all"), options.map(([value, text]) => element("option", { value }, text))));
    const same = (names) => names.map((name) => [name, name]);
    return element("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
      select("relation", "Relation", same(relationNames)),
      select("class", "Overlap class", [...same(data.classes), ["none", "no triples"]]),
      select("length", "Tokens", same(data.lengths)),
      element("label", {}, "Text or id", element("input", {
        type: "search", name: "text", oninput: () => this.change() })),
      element("button", { type: "button", onclick: () => this.apply(new URLSearchParams()) }, "All errors"));
  }

  /** The card of a sentence, as wide as the list. */
  card(sentence, place) {
    const width = Math.max(200, (this.isPrinted ? paperWidth : this.width()) - 34);
    return card(sentence, {
      place, count: this.list.sentences.length, matches: this.matches, width, isCurrent: place === this.current,
    });
  }

  /** The width of the list in pixels. */
  width() {
    return this.list.node.clientWidth || document.getElementById("view").clientWidth;
  }

  /** Takes the filter from the controls. */
  change() {
    const parameters = new URLSearchParams(this.filter.kind.map((kind) => ["kind", kind]));
    for (const [key, value] of new FormData(this.controls)) if (value) parameters.append(key, value);
    this.apply(parameters);
  }

  /** Filters, and writes the filter into the fragment. */
  apply(parameters) {
    this.show(parameters);
    this.remember();
  }

  remember() {
    const { unknown, ...parameters } = this.filter;
    const at = this.current ? String(this.current + 1) : "";
    history.replaceState(null, "", fragment("errors", { ...parameters, at }));
  }

  /** Shows what passes a fragment's filter, at the sentence that it names. */
  show(parameters) {
    this.filter = filterOf(parameters);
    const found = filtered(this.filter);
    this.matches = found.matches;
    for (const control of this.controls.elements) {
      if (control.name && control.value !== this.filter[control.name]) control.value = this.filter[control.name];
    }
    this.showKinds(found.counts);
    const only = this.filter.kind.length === 1 && this.filter.kind[0] === "right";
    const unit = this.filter.kind.includes("right") ? (only ? "right triple" : "triple") : "error";
    this.status.textContent = `${counted(found.total, unit)} in ${counted(found.sentences.length, "sentence")}`
      + (this.filter.unknown.length ? `; the report has no ${this.filter.unknown.join(", no ")}` : "");
    const at = Number.parseInt(parameters.get("at") ?? "1", 10) || 1;
    this.current = Math.min(Math.max(1, at), Math.max(1, found.sentences.length)) - 1;
    this.list.show(found.sentences);
    if (this.current) this.list.reveal(this.current); else this.list.update();
  }

  /** A button for each kind, with the number of its items. */
  showKinds(counts) {
    if (!this.kinds.children.length) {
      this.kinds.append(...data.kinds.map((kind) => element("button", {
        type: "button", "data-kind": kind, onclick: () => this.toggle(kind) })));
    }
    data.kinds.forEach((kind, index) => {
      const button = this.kinds.children[index];
      button.textContent = `${kind} ${counts[index]}`;
      button.setAttribute("aria-pressed", String(this.filter.kind.includes(kind)));
      button.hidden = !totals[index] && !this.filter.kind.includes(kind);
    });
  }

  toggle(kind) {
    const { kind: kinds } = this.filter;
    this.filter.kind = kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind];
    this.change();
  }

  /** Goes to another sentence: the next for 1, the one before for -1. */
  move(way) {
    const next = this.current + way;
    if (next < 0 || next >= this.list.sentences.length) return;
    this.select(next, this.list.reveal(next));
  }

  /** Makes a sentence the current one, with its card. */
  select(place, node) {
    this.list.cards.get(this.current)?.removeAttribute("aria-current");
    this.current = place;
    node.setAttribute("aria-current", "true");
    node.focus({ preventScroll: true });
    this.remember();
  }

  /** Draws the list anew, as for another width. */
  redraw() {
    this.list.clear();
    this.list.place();
    this.list.update();
  }

  /** Puts the first sentences into the document one under the other, as wide as paper. */
  print() {
    const { length } = this.list.sentences;
    this.isPrinted = true;
    this.list.clear();
    this.list.keep(0, Math.min(length, mostPrinted) - 1);
    this.isPrinted = false;
    if (length > mostPrinted) this.status.append(` (the first ${mostPrinted} are printed)`);
  }
}
