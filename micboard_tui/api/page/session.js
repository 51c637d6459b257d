// Who is logged in, and the form for it; requests that change something.

export class Refusal extends Error {
  // `error` is {code, message, hint} of the server.
  constructor(status, error) {
    super(error.message);
    Object.assign(this, { status, hint: error.hint ?? "" });
  }
}

export async function request(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout?.(8000),
    });
  } catch {
    throw new Refusal(0, { message: "The server does not answer", hint: "Check the network, and try again" });
  }
  const document = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.ok) return document;
  throw new Refusal(answer.status, document.error ?? { message: `The server answers ${answer.status}` });
}

export const explain = (error) => (error.hint ? `${error.message}. ${error.hint}` : error.message);

export const mayWrite = (user) => user !== null && user.permission !== "watch";

export class Login {
  #resolve = null;
  #mustLogIn = false;

  // onChange(user) after a login and after a logout.
  constructor(onChange) {
    const dialog = (this.dialog = document.getElementById("login"));
    this.onChange = onChange;
    this.error = dialog.querySelector(".error");
    this.reason = document.getElementById("login-reason");
    this.submit = dialog.querySelector("[type=submit]");
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    dialog.addEventListener("close", () => {
      // A browser lets nothing keep a dialog open.
      if (this.#mustLogIn) dialog.showModal();
      else this.#finish(null);
    });
  }

  get isOpen() {
    return this.dialog.open;
  }

  // Asks; gives the user, or null where it was closed. `mustLogIn`: nothing can be seen without.
  ask(reason, mustLogIn = false) {
    this.#finish(null);
    this.#mustLogIn = mustLogIn;
    this.reason.textContent = reason;
    this.error.textContent = "";
    this.dialog.querySelector("[data-close]").hidden = mustLogIn;
    if (!this.dialog.open) this.dialog.showModal();
    document.getElementById("login-name").focus();
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  async logOut() {
    await request("DELETE", "api/v1/session");
    this.onChange(null);
  }

  async #send() {
    const password = document.getElementById("login-password");
    this.error.textContent = "";
    this.submit.disabled = true;
    try {
      const { user } = await request("POST", "api/v1/session", {
        name: document.getElementById("login-name").value,
        password: password.value,
      });
      password.value = "";
      this.onChange(user);
      this.#mustLogIn = false;
      this.#finish(user);
      this.dialog.close();
    } catch (error) {
      this.error.textContent = explain(error);
    } finally {
      this.submit.disabled = false;
    }
  }

  #finish(user) {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.(user);
  }
}
