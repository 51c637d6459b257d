import { keepAwake } from "./awake.js";
import { Board } from "./board.js";
import { Connection } from "./connection.js";
import { Detail } from "./detail.js";
import { by, memory, on, setText } from "./dom.js";
import { AlarmIndex, alarmKey, alarmLine, channelLine, clockText, deviceLine, formatSpan, inOrder, isNew, isOpen, safe } from "./lines.js";
import { Rig } from "./rig.js";
import { explain, Login, request } from "./session.js";

const LOOK_MS = 250;
const TIMES_MS = 1000;
const ARRANGE_MS = 500;
const LIGHT = matchMedia("(prefers-color-scheme: light)");

const rig = new Rig();
const login = new Login(changeUser);
const detail = new Detail(rig, login);
const board = new Board(by("lines"), rig, (line) => {
	detail.open(line);
	showDetail();
});
const address = new URL("api/v1/live?channels=all&fps=2", document.baseURI);
address.protocol = address.protocol.replace("http", "ws");
const connection = new Connection(address.href, take, askForLogin);

let alarms = new AlarmIndex(rig);
let lines = new Map();
let announced = null;
let lock = null;
let arrangedAt = -Infinity;
let isArranged = false;
let isAsked = false;
let isPlanned = false;
let failure = "";

function take(message) {
	const { program } = rig;
	if (message.type === "snapshot") isAsked = by("lines").hidden = false;
	if (!rig.take(message) && !isAsked) {
		isAsked = true;
		connection.send({ type: "snapshot" });
	}
	if (message.type === "hello") showUser();
	// A new release has a new page.
	if (program && program !== rig.program && !document.querySelector("dialog[open]")) location.reload();
	// However many messages come before the next picture.
	if (!isPlanned) requestAnimationFrame(draw);
	isPlanned = true;
}

function draw() {
	isPlanned = false;
	if (!rig.isKnown) return;
	const changes = rig.takeChanges();
	if (changes.layout) showLocations();
	if (changes.alarms) makeLines();
	else for (const key of changes.channels) addLine(lineOf(rig.channels.get(key), lines.get(`channel ${key}`).index));
	if (changes.alarms || changes.channels.size) {
		isArranged = false;
		showCounts();
	}
	board.showMeters(changes.layout ? rig.channels.keys() : new Set([...changes.meters, ...changes.channels]));
	if (changes.alarms) announce();
	if (changes.show) showClock();
	showDetail();
	arrange();
}

const lineOf = (channel, index) => channelLine(channel, rig.devices.get(channel.deviceId), alarms.of(channel), index);

function makeLines() {
	alarms = new AlarmIndex(rig);
	lines = new Map();
	let index = 0;
	const withAlarm = new Set();
	for (const [key, found] of alarms.others) {
		const [alarm] = found;
		withAlarm.add(alarm.device_id);
		if (isOpen(alarm) || isNew(alarm)) addLine(alarmLine(key, found, rig.devices.get(alarm.device_id), index++));
	}
	for (const channel of rig.channels.values()) addLine(lineOf(channel, index++));
	for (const device of rig.devices.values()) {
		if (!device.count && device.kind !== "charger" && !withAlarm.has(device.device_id)) addLine(deviceLine(device, index++));
	}
}

function addLine(line) {
	lines.set(line.key, line);
	board.show(line, rig.now());
}

// Rows move at most twice a second, and not under a finger.
function arrange(isWanted = false) {
	if (!isWanted && (isArranged || board.isHeld || performance.now() - arrangedAt < ARRANGE_MS)) return;
	const shown = [...lines.values()].filter(fits);
	board.arrange(inOrder(shown, by("order").value), rig.now());
	isArranged = true;
	arrangedAt = performance.now();
	by("empty").hidden = shown.length > 0;
	setText(by("empty"), lines.size ? "Nothing fits" : rig.isKnown ? "No device is registered" : "Connecting");
}

function fits(line) {
	const location = by("location").value;
	if (location && line.location !== null && !rig.isWithin(line.location, location)) return false;
	const wanted = fold(by("search").value.trim());
	return !wanted || fold(searchText(line)).includes(wanted);
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function searchText(line) {
	const channel = rig.channels.get(line.channelKey);
	const device = rig.devices.get(line.deviceId);
	const mhz = channel?.frequency_khz && (channel.frequency_khz / 1000).toFixed(3);
	return [line.mic, line.name, channel?.name, device?.name, device?.location, mhz, line.what].filter(Boolean).join(" ");
}

// All that is critical is counted, shown or not.
function showCounts() {
	const found = { critical: [], warning: [] };
	for (const line of lines.values()) found[line.tone]?.push(line);
	for (const [tone, { length }] of Object.entries(found)) {
		setText(by(tone).querySelector("b"), String(length));
		by(tone).classList.toggle("none", !length);
	}
	const hidden = found.critical.filter((line) => !fits(line)).length;
	by("hidden").hidden = !hidden;
	setText(by("hidden").firstElementChild, `${hidden} critical hidden by the filter`);
}

function showLocations() {
	const select = by("location");
	const wanted = select.value || memory.read("location", "");
	const used = new Set([...rig.devices.values()].flatMap((device) => rig.locations.get(device.location_id)?.within ?? []));
	const shown = [...rig.locations.values()].filter(({ location_id: id }) => used.has(id));
	const options = shown.map(({ location_id: id, name, within }) => new Option("\u2003".repeat(within.length - 1) + safe(name), id));
	select.replaceChildren(new Option("All locations", ""), ...options);
	select.value = used.has(wanted) ? wanted : "";
}

const showClock = () => setText(by("clock"), clockText(rig.show, rig.now()));

function showReader({ reader, lost } = rig) {
	const stored = reader && `Read by ${safe(reader.user)} on ${safe(reader.host)}: stored values`;
	const old = lost && safe(lost.text).replace("{age}", formatSpan(rig.now() - Date.parse(lost.since)));
	setText(by("read-by"), [lock && `Show locked by ${safe(lock.by)}`, old || stored].filter(Boolean).join(". "));
}

// Screen readers say only what is new and urgent.
function announce() {
	const fresh = new Map(rig.alarms.filter((alarm) => alarm.priority === "now" && isOpen(alarm) && isNew(alarm)).map((alarm) => [alarmKey(alarm) + alarm.raised_at, alarm]));
	const [first, ...others] = [...fresh.keys()].filter((key) => announced && !announced.has(key)).map((key) => fresh.get(key));
	announced = fresh;
	if (!first) return;
	const more = others.length ? ` And ${others.length} more.` : "";
	by("announcement").textContent = `${safe(first.name || first.about)}: ${first.title}. ${first.cure}.${more}`;
}

function showDetail() {
	if (detail.key) detail.show(lines.get(detail.key), alarms);
}

function changeUser(user) {
	rig.user = user;
	showUser();
	connection.open();
}

function showUser() {
	const { user, program } = rig;
	by("user").textContent = user ? `${user.name} may ${user.permission}` : "Not logged in: watching only";
	by("log-in").hidden = user !== null;
	by("log-out").hidden = user === null;
	by("program").textContent = program && `micboard-tui ${program}`;
}

// Or the session of this browser ended, and watching needs none.
async function askForLogin() {
	const session = await request("GET", "api/v1/session").catch(() => ({}));
	if (session.may_watch) return setTimeout(() => connection.open(), 1000);
	for (const name of ["detail", "menu", "lost"]) by(name).close();
	// What was seen before is not kept up to date.
	by("lines").hidden = true;
	by("empty").hidden = false;
	setText(by("empty"), "Log in to see the channels");
	login.ask("Watching needs a login here.", true);
}

function showLine() {
	connection.look();
	showReader();
	const dialog = by("lost");
	if (!failure && (!connection.isLost || by("login").open)) return dialog.close();
	if (!dialog.open) dialog.showModal();
	const next = connection.wait ? `Next try in ${formatSpan(connection.wait + 999)}` : "Trying to reach the server";
	const age = rig.isKnown ? `Values are ${formatSpan(connection.silence)} old` : "Nothing was received yet";
	const reason = [connection.reason, next].filter(Boolean).join(". ");
	const texts = failure ? ["This page failed", "What it shows may be old", failure, "Load it again"] : ["Connection lost", age, reason, "Try now"];
	["lost-title", "lost-age", "lost-reason", "retry"].forEach((id, index) => setText(by(id), texts[index]));
}

function setLook() {
	const look = memory.read("look", "auto");
	const root = document.documentElement;
	for (const each of by("look").elements) each.checked = each.value === look;
	root.dataset.look = look === "auto" ? (LIGHT.matches ? "light" : "dark") : look;
	document.querySelector("meta[name=theme-color]").content = getComputedStyle(root).getPropertyValue("--background").trim();
}

function filter() {
	arrange(true);
	showCounts();
}

function showAll() {
	by("search").value = by("location").value = "";
	memory.write("location", "");
	filter();
}

function goTo(tone) {
	const found = [...lines.values()].filter((line) => line.tone === tone);
	if (!found.length) return;
	if (!found.some(fits)) showAll();
	const row = document.querySelector(`#lines > [data-tone=${tone}]`);
	row?.scrollIntoView({ block: "center" });
	row?.querySelector(".name").focus({ preventScroll: true });
}

// A broken page must not look as if all were well.
on(window, "error", (event) => (failure = event.message));
on(window, "unhandledrejection", (event) => (failure = event.reason?.message ?? String(event.reason)));
by("order").value = memory.read("order", "problems");
on("search", "input", filter);
on("filters", "change", ({ target: { id, value } }) => {
	if (id !== "search") memory.write(id, value);
	filter();
});
on("filters", "submit", (event) => {
	event.preventDefault();
	by("search").blur();
});
on("show-all", "click", showAll);
for (const tone of ["critical", "warning"]) on(tone, "click", () => goTo(tone));
for (const button of document.querySelectorAll("[data-close]")) on(button, "click", () => button.closest("dialog").close());
on("menu-button", "click", () => by("menu").showModal());
on("log-in", "click", () => {
	by("menu").close();
	login.ask("Users who may write can acknowledge alarms.");
});
on("log-out", "click", () => request("DELETE", "api/v1/session").then(() => changeUser(null), (error) => (by("user").textContent = explain(error))));
on("retry", "click", () => (failure ? location.reload() : connection.open()));
on("lost", "cancel", (event) => event.preventDefault());
on("look", "change", ({ target }) => {
	memory.write("look", target.value);
	setLook();
});
on(LIGHT, "change", setLook);
setLook();
on(document, "visibilitychange", showLine);
keepAwake(by("awake"), by("awake-note"));
showUser();
showLocations();
connection.open();
setInterval(showLine, LOOK_MS);
setInterval(() => rig.isKnown && request("GET", "api/v1/lock").then((answer) => (lock = answer.lock), () => {}), 2 * TIMES_MS);
setInterval(() => {
	board.showTimes(rig.now());
	showClock();
	showDetail();
	arrange();
}, TIMES_MS);
