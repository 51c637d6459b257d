// The rows on the screen: made once for each line, changed in place, and moved only while no finger is down.
import { audioShare, formatSpan, rfOf } from "./lines.js";

const SETTLE_MS = 800; // After a touch rows stay where they are for so long.
const LONGEST_HOLD_MS = 12000;
const AROUND = "300px"; // Rows so far outside the screen are kept up to date, too.

const template = document.getElementById("line").content.firstElementChild;

function setText(node, text) {
  if (node.shown === text) return;
  node.shown = text;
  node.textContent = text;
}

function setData(node, name, value) {
  if (node.dataset[name] !== value) node.dataset[name] = value;
}

function setShare(node, share) {
  if (node.share === share) return;
  node.share = share;
  node.style.transform = `scaleX(${share ?? 0})`;
}

class Row {
  constructor(key) {
    this.key = key;
    this.isShown = false;
    const item = (this.item = template.cloneNode(true));
    item.row = this;
    const find = (selector) => item.querySelector(selector);
    this.parts = {
      letter: find(".letter"), mic: find(".mic"), name: find(".name"), what: find(".what"), since: find(".since"),
      cure: find(".cure"), age: find(".age"), battery: find(".battery"), number: find(".number"), rf: find(".rf"), rfBar: find(".rf i"),
      audio: find(".audio"), audioBar: find(".audio i"), peak: find(".audio s"),
    };
  }

  // Everything but the meters.
  show(line, now) {
    const { parts, item } = this;
    this.line = line;
    setData(item, "tone", line.tone);
    setData(item, "state", line.isNew ? "new" : line.isSeen ? "seen" : "");
    setData(item, "age", line.isOld ? "old" : "");
    setData(item, "kind", line.channelKey ? "channel" : "other");
    setText(parts.letter, line.letter);
    setText(parts.mic, line.mic);
    setData(parts.mic, "size", line.mic.length > 3 ? "long" : "");
    setText(parts.name, line.name);
    setText(parts.what, line.what);
    setText(parts.cure, line.cure);
    setText(parts.battery, line.charge);
    setData(parts.battery, "tone", line.chargeTone);
    setData(parts.number, "tone", line.rfTone === "live" ? "text" : line.rfTone);
    setData(parts.rf, "tone", line.rfTone);
    setData(parts.audio, "tone", line.tone === "muted" ? "muted" : line.audioTone);
    this.showTimes(now);
  }

  showTimes(now) {
    const { since, ageFrom } = this.line;
    setText(this.parts.since, since === null ? "" : formatSpan(now - since));
    setText(this.parts.age, ageFrom === null ? "" : `${formatSpan(now - ageFrom)} old`);
  }

  showMeters(channel) {
    if (!channel) return;
    const { parts } = this;
    const rf = rfOf(channel);
    setText(parts.number, rf.number);
    setShare(parts.rfBar, rf.share);
    setShare(parts.audioBar, audioShare(channel.audio_dbfs));
    const peak = audioShare(channel.audio_peak_dbfs);
    if (parts.peak.share === peak) return;
    parts.peak.share = peak;
    parts.peak.hidden = !peak;
    parts.peak.style.transform = `translateX(${((peak ?? 0) - 1) * 100}%)`;
  }
}

export class Board {
  #rows = new Map();
  #isDown = false;
  #heldFrom = 0;
  #touchedAt = -Infinity;
  #observer;

  // onOpen(line) when a row is tapped; channelOf(key) gives its values.
  constructor(list, onOpen, channelOf) {
    Object.assign(this, { list, channelOf });
    this.#observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.#see(entry)), { rootMargin: AROUND });
    list.addEventListener("click", (event) => {
      const row = event.target.closest("li")?.row;
      if (row) onOpen(row.line);
    });
    const hold = () => {
      if (!this.#isDown) this.#heldFrom = performance.now();
      this.#isDown = true;
    };
    const release = () => {
      this.#isDown = false;
      this.#touchedAt = performance.now();
    };
    list.addEventListener("pointerdown", hold, { passive: true });
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release, { passive: true });
    window.addEventListener("scroll", () => (this.#touchedAt = performance.now()), { passive: true });
  }

  // Whether rows have to stay where they are, since a person is about to tap one.
  get isHeld() {
    const now = performance.now();
    if (this.#isDown) return now - this.#heldFrom < LONGEST_HOLD_MS;
    return now - this.#touchedAt < SETTLE_MS;
  }

  // Brings the rows to these lines, in this order.
  arrange(lines, now) {
    const wanted = new Set(lines.map((line) => line.key));
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      this.#observer.unobserve(row.item);
      row.item.remove();
      this.#rows.delete(key);
    }
    this.#move(lines.map((line) => this.#rowOf(line, now).item));
  }

  show(line, now) {
    this.#rows.get(line.key)?.show(line, now);
  }

  showMeters(keys) {
    for (const key of keys) {
      const row = this.#rows.get(`channel ${key}`);
      if (row?.isShown) row.showMeters(this.channelOf(key));
    }
  }

  showTimes(now) {
    for (const row of this.#rows.values()) if (row.isShown) row.showTimes(now);
  }

  #rowOf(line, now) {
    let row = this.#rows.get(line.key);
    if (!row) {
      row = new Row(line.key);
      this.#rows.set(line.key, row);
      this.#observer.observe(row.item);
    }
    row.show(line, now);
    return row;
  }

  #see({ target, isIntersecting }) {
    target.row.isShown = isIntersecting;
    if (isIntersecting) target.row.showMeters(this.channelOf(target.row.line.channelKey));
  }

  // Moves as few rows as can be; what stays keeps its place on the screen unless the list is at its top.
  #move(items) {
    const staying = findStaying(items, [...this.list.children]);
    if (staying.size === items.length && items.length === this.list.children.length) return;
    const anchor = window.scrollY > 0 ? [...staying].find((item) => item.getBoundingClientRect().bottom > headerHeight()) : null;
    const before = anchor?.getBoundingClientRect().top;
    const focused = document.activeElement;
    let next = null;
    for (const item of [...items].reverse()) {
      if (!staying.has(item)) this.list.insertBefore(item, next);
      next = item;
    }
    if (focused !== document.activeElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
    if (anchor) window.scrollBy(0, anchor.getBoundingClientRect().top - before);
  }
}

const headerHeight = () => document.getElementById("header").offsetHeight;

// The longest series of items that are in the wanted order already.
function findStaying(items, children) {
  const places = new Map(children.map((item, place) => [item, place]));
  const ends = []; // ends[n]: the item with the lowest place that ends a series of n + 1.
  const previous = new Map();
  for (const item of items) {
    const place = places.get(item);
    if (place === undefined) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places.get(ends[middle]) < place) low = middle + 1;
      else high = middle;
    }
    previous.set(item, ends[low - 1]);
    ends[low] = item;
  }
  const staying = new Set();
  for (let item = ends.at(-1); item; item = previous.get(item)) staying.add(item);
  return staying;
}
