export const by = (id) => document.getElementById(id);

// On what has that id, or on the target itself.
export const on = (target, name, act) => (by(target) ?? target).addEventListener(name, act);

// Else a screen reader says it again.
export function setText(node, text) {
	if (node.textContent !== text) node.textContent = text;
}

// What this device remembers, unless it may not.
const attempt = (act) => {
	try {
		return act();
	} catch {
		return null;
	}
};

export const memory = {
	read: (name, otherwise) => attempt(() => localStorage.getItem(`micboard.${name}`)) ?? otherwise,
	write: (name, value) => attempt(() => localStorage.setItem(`micboard.${name}`, value)),
};
