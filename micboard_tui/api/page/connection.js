// The line to the server: one WebSocket, opened again whenever it ends or is silent.
//
// It is `waiting` (between two tries), `opening`, `open`, or `ended` (it needs a login first). Every message
// counts as a sign of life; without one for QUIET_MS the socket is given up, whatever it claims of itself.

const QUIET_MS = 6000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10000;
const LOGIN_NEEDED = 4401;
const REASONS = { 4429: "Too many connections from here", 1013: "This device reads too slowly" };

// Milliseconds since a moment of now(). The steady clock of some devices stands still while they sleep, and
// the other one may be set, so the longer span counts.
export const now = () => [performance.now(), Date.now()];
export const since = (moment) => {
  const [steady, wall] = now();
  return Math.max(steady - moment[0], wall - moment[1]);
};

export class Connection {
  #socket = null;
  #failures = 0;
  #openedAt = null;
  #retryAt = null;
  #heardAt = now();

  // onMessage(message) for each of the server; onLoginNeeded() when it ends for want of one.
  constructor(url, onMessage, onLoginNeeded) {
    Object.assign(this, { url, onMessage, onLoginNeeded });
    this.state = "waiting";
    this.reason = "";
  }

  // Milliseconds since the last message.
  get silence() {
    return since(this.#heardAt);
  }

  get isLost() {
    return this.state !== "ended" && this.silence > QUIET_MS;
  }

  // Milliseconds until the next try, while it waits for one.
  get wait() {
    return this.state === "waiting" && this.#retryAt ? Math.max(0, this.#retryAt.wait - since(this.#retryAt.from)) : 0;
  }

  open() {
    this.#abandon();
    this.state = "opening";
    this.#openedAt = now();
    let socket;
    try {
      socket = new WebSocket(this.url);
    } catch {
      this.#fail();
      return;
    }
    this.#socket = socket;
    socket.onmessage = (event) => socket === this.#socket && this.#take(event.data);
    socket.onclose = (event) => socket === this.#socket && this.#close(event);
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  // Called again and again: gives up a socket that is silent, and tries again when it is time.
  look() {
    if (this.state === "waiting" && this.wait === 0) this.open();
    else if (this.state === "opening" && since(this.#openedAt) > QUIET_MS) this.#fail();
    else if (this.state === "open" && this.silence > QUIET_MS) this.open();
  }

  #take(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      this.#fail();
      return;
    }
    this.#heardAt = now();
    this.#failures = 0;
    this.state = "open";
    this.reason = "";
    this.onMessage(message);
  }

  #close(event) {
    this.reason = REASONS[event.code] ?? "";
    if (event.code === LOGIN_NEEDED) {
      this.#abandon();
      this.state = "ended";
      this.onLoginNeeded();
    } else this.#fail();
  }

  #fail() {
    this.#abandon();
    this.state = "waiting";
    // Many pages lose a server at the same moment; they must not all come back at the same one.
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retryAt = { from: now(), wait: longest * (0.5 + Math.random() / 2) };
  }

  #abandon() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}
