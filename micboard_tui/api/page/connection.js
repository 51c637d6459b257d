// One WebSocket, opened again when it ends or brought no message for QUIET_MS.
// It is `waiting` (between two tries), `opening`, `open`, or `ended` (it needs a login first).

const QUIET_MS = 6000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10000;
const LOGIN_NEEDED = 4401;

const now = () => [performance.now(), Date.now()];
// A steady clock may stand still in sleep, the other may be set: the longer span counts.
const since = ([steady, wall]) => Math.max(performance.now() - steady, Date.now() - wall);

export class Connection {
	state = "waiting";
	reason = "";
	#socket = null;
	#failures = 0;
	#heardAt = now();
	#enteredAt = now();
	#wait = 0;

	constructor(url, onMessage, onLoginNeeded) {
		Object.assign(this, { url, onMessage, onLoginNeeded });
	}

	// Milliseconds since the last message, and until the next try.
	get silence() {
		return since(this.#heardAt);
	}

	get isLost() {
		return this.state !== "ended" && this.silence > QUIET_MS;
	}

	get wait() {
		return this.state === "waiting" ? Math.max(0, this.#wait - since(this.#enteredAt)) : 0;
	}

	open() {
		this.#enter("opening");
		const socket = (this.#socket = new WebSocket(this.url));
		socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
		socket.onclose = (event) => this.#close(event);
	}

	send(message) {
		if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
	}

	look() {
		if (this.state === "waiting" && this.wait === 0) this.open();
		else if (this.state === "opening" && since(this.#enteredAt) > QUIET_MS) this.#fail();
		else if (this.state === "open" && this.silence > QUIET_MS) this.open();
	}

	#take(message) {
		this.#heardAt = now();
		this.#failures = 0;
		this.state = "open";
		this.reason = "";
		this.onMessage(message);
	}

	#close({ code, reason }) {
		this.reason = reason;
		if (code !== LOGIN_NEEDED) this.#fail();
		else {
			this.#enter("ended");
			this.onLoginNeeded();
		}
	}

	#fail() {
		this.#enter("waiting");
		// Many pages lose a server at once, and are not to come back at once.
		this.#wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
	}

	#enter(state) {
		if (this.#socket) {
			this.#socket.onmessage = this.#socket.onclose = null;
			this.#socket.close();
		}
		this.#socket = null;
		this.state = state;
		this.#enteredAt = now();
	}
}
