// Keeps the screen on while the page is seen; the browser lets go whenever it is hidden.
import { memory } from "./memory.js";

export class Awake {
  #lock = null;
  #isWanted = memory.read("awake", "on") === "on";

  // `button` is its switch; `note` says where it cannot be had.
  constructor(button, note) {
    Object.assign(this, { button, note });
    button.addEventListener("click", () => {
      this.#isWanted = this.#lock === null;
      memory.write("awake", this.#isWanted ? "on" : "off");
      this.update();
    });
  }

  async update() {
    const isPossible = "wakeLock" in navigator;
    this.note.textContent = isPossible ? "" : "The screen cannot be kept on: that needs HTTPS and a browser that can.";
    this.button.disabled = !isPossible;
    if (isPossible && this.#isWanted && !this.#lock && document.visibilityState === "visible") await this.#request();
    else if (!this.#isWanted) await this.#lock?.release();
    this.#show();
  }

  async #request() {
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => {
        if (this.#lock === lock) this.#lock = null;
        this.#show();
      });
      if (this.#isWanted && !this.#lock) this.#lock = lock;
      else await lock.release();
    } catch {
      // A low battery refuses it; the switch shows that it is off.
    }
  }

  #show() {
    this.button.setAttribute("aria-checked", String(this.#lock !== null));
  }
}
