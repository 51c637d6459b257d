// Rows are made once, changed in place, and moved only while no finger is down.
import { by, on, setText } from "./dom.js";
import { audioShare, formatSpan, rfOf } from "./lines.js";

const SETTLE_MS = 800; // After a touch rows stay where they are.
const LONGEST_HOLD_MS = 12000;
const PARTS = ["letter", "mic", "name", "what", "since", "cure", "age", "battery", "number", "rf", "audio"];

const template = by("line").content.firstElementChild;

function setData(node, name, value) {
	if (node.dataset[name] !== value) node.dataset[name] = value;
}

function transform(node, text) {
	if (node.shown === text) return;
	node.shown = text;
	node.style.transform = text;
}

class Row {
	item = template.cloneNode(true);

	constructor() {
		this.item.row = this;
		const find = (selector) => this.item.querySelector(selector);
		this.parts = Object.fromEntries(PARTS.map((name) => [name, find(`.${name}`)]));
		this.bars = { rf: find(".rf i"), audio: find(".audio i"), peak: find("s") };
	}

	show(line, now) {
		const { parts, item } = this;
		this.line = line;
		setData(item, "tone", line.tone);
		setData(item, "state", line.isNew ? "new" : line.isSeen ? "seen" : "");
		setData(item, "age", line.isOld ? "old" : "");
		setData(item, "kind", line.channelKey ? "channel" : "other");
		setData(parts.mic, "size", line.mic.length > 3 ? "long" : "");
		for (const name of ["letter", "mic", "name", "what", "cure", "battery"]) setText(parts[name], line[name]);
		for (const [name, tone] of Object.entries(line.tones)) setData(parts[name], "tone", tone);
		this.showTimes(now);
	}

	showTimes(now) {
		const { since, ageFrom } = this.line;
		setText(this.parts.since, since === null ? "" : formatSpan(now - since));
		setText(this.parts.age, ageFrom === null ? "" : `${formatSpan(now - ageFrom)} old`);
	}

	showMeters(channel) {
		if (!channel) return;
		const { number, share } = rfOf(channel);
		const peak = audioShare(channel.audio_peak_dbfs);
		setText(this.parts.number, number);
		transform(this.bars.rf, `scaleX(${share / 100})`);
		transform(this.bars.audio, `scaleX(${audioShare(channel.audio_dbfs) / 100})`);
		transform(this.bars.peak, `translateX(${(peak || -100) - 100}%)`);
	}
}

export class Board {
	#rows = new Map();
	#heldFrom = null; // While a finger is down.
	#touchedAt = -Infinity;

	// onOpen(line) when a row is tapped.
	constructor(list, rig, onOpen) {
		Object.assign(this, { list, rig });
		on(list, "click", (event) => {
			const row = event.target.closest("li")?.row;
			if (row) onOpen(row.line);
		});
		on(list, "pointerdown", () => (this.#heldFrom ??= performance.now()));
		for (const name of ["pointerup", "pointercancel", "scroll"]) {
			addEventListener(name, () => {
				this.#touchedAt = performance.now();
				if (name !== "scroll") this.#heldFrom = null;
			}, { passive: true });
		}
	}

	// A person is about to tap a row.
	get isHeld() {
		const now = performance.now();
		return this.#heldFrom === null ? now - this.#touchedAt < SETTLE_MS : now - this.#heldFrom < LONGEST_HOLD_MS;
	}

	arrange(lines, now) {
		const wanted = new Set(lines.map((line) => line.key));
		for (const [key, row] of this.#rows) {
			if (wanted.has(key)) continue;
			row.item.remove();
			this.#rows.delete(key);
		}
		this.#move(lines.map((line) => this.#rowOf(line, now).item));
	}

	show(line, now) {
		this.#rows.get(line.key)?.show(line, now);
	}

	showMeters(keys) {
		for (const key of keys) this.#rows.get(`channel ${key}`)?.showMeters(this.rig.channels.get(key));
	}

	showTimes(now) {
		for (const row of this.#rows.values()) row.showTimes(now);
	}

	#rowOf(line, now) {
		const row = this.#rows.get(line.key) ?? new Row();
		this.#rows.set(line.key, row);
		row.show(line, now);
		row.showMeters(this.rig.channels.get(line.channelKey));
		return row;
	}

	// What stays keeps its place on the screen unless the list is at its top.
	#move(items) {
		const { list } = this;
		if (items.every((item, index) => item === list.children[index])) return;
		const edge = by("header").offsetHeight;
		const place = (item) => item.getBoundingClientRect();
		const isStaying = (item, index) => item.parentNode && items[index + 1] === item.nextElementSibling && place(item).bottom > edge;
		const anchor = scrollY > 0 && items.find(isStaying);
		const before = anchor && place(anchor).top;
		const focused = document.activeElement;
		let next = list.firstElementChild;
		for (const item of items) {
			if (next?.nextElementSibling === item) {
				// It goes down itself; not all below it go up.
				list.append(next);
				next = item;
			}
			if (next === item) next = item.nextElementSibling;
			else list.insertBefore(item, next);
		}
		if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
		if (anchor) scrollBy(0, place(anchor).top - before);
	}
}
