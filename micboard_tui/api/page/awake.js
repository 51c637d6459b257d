// Keeps the screen on while the page is seen.
import { memory, on } from "./dom.js";

// `note` says where it cannot be had.
export function keepAwake(button, note) {
	let lock = null;
	let isWanted = memory.read("awake", "on") === "on";
	const isPossible = "wakeLock" in navigator;

	function take(found) {
		lock = found;
		button.setAttribute("aria-checked", String(lock !== null));
	}

	async function update() {
		if (!isWanted) await lock?.release();
		else if (isPossible && !lock && document.visibilityState === "visible") {
			// A low battery refuses it.
			const found = await navigator.wakeLock.request("screen").catch(() => null);
			if (!found) return;
			if (lock || !isWanted) await found.release();
			else {
				on(found, "release", () => take(null));
				take(found);
			}
		}
	}

	button.disabled = !isPossible;
	if (!isPossible) note.textContent = "The screen cannot be kept on: that needs HTTPS and a browser that can.";
	on(button, "click", () => {
		isWanted = !lock;
		memory.write("awake", isWanted ? "on" : "off");
		update();
	});
	on(document, "visibilitychange", update);
	update();
}
