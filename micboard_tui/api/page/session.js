import { by, on } from "./dom.js";

// Throws {message, hint, status} of the answer; status 0: there is none.
export async function request(method, path, body) {
	const headers = body ? { "Content-Type": "application/json" } : {};
	const options = { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout?.(8000) };
	const answer = await fetch(path, options).catch(() => null);
	if (!answer) throw { status: 0, message: "The server does not answer", hint: "Check the network, and try again" };
	const document = await answer.json().catch(() => ({}));
	if (answer.ok) return document;
	throw { message: `The server answers ${answer.status}`, ...document.error, status: answer.status };
}

export const explain = ({ message, hint }) => (hint ? `${message}. ${hint}` : message);

export const mayWrite = (user) => user !== null && user.permission !== "watch";

export class Login {
	#dialog = by("login");
	#error = this.#dialog.querySelector(".error");
	#resolve = null;
	#mustLogIn = false;

	constructor(onChange) {
		this.onChange = onChange;
		on(this.#dialog.querySelector("form"), "submit", (event) => {
			event.preventDefault();
			this.#send(event.submitter);
		});
		on(this.#dialog, "close", () => {
			// A browser lets nothing keep a dialog open.
			if (this.#mustLogIn) this.#dialog.showModal();
			else this.#finish(null);
		});
	}

	// Gives the user, or null where it was closed.
	ask(reason, mustLogIn = false) {
		this.#finish(null);
		this.#mustLogIn = mustLogIn;
		by("login-reason").textContent = reason;
		this.#error.textContent = "";
		this.#dialog.querySelector("[data-close]").hidden = mustLogIn;
		if (!this.#dialog.open) this.#dialog.showModal();
		by("login-name").focus();
		return new Promise((resolve) => (this.#resolve = resolve));
	}

	async #send(button) {
		const password = by("login-password");
		this.#error.textContent = "";
		button.disabled = true;
		try {
			const { user } = await request("POST", "api/v1/session", { name: by("login-name").value, password: password.value });
			password.value = "";
			this.onChange(user);
			this.#mustLogIn = false;
			this.#finish(user);
			this.#dialog.close();
		} catch (error) {
			this.#error.textContent = explain(error);
		}
		button.disabled = false;
	}

	#finish(user) {
		this.#resolve?.(user);
		this.#resolve = null;
	}
}
