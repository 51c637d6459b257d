// The page: joins the line to the server, what it told, and what is on the screen.
import { Awake } from "./awake.js";
import { Board } from "./board.js";
import { clockText } from "./clock.js";
import { Connection } from "./connection.js";
import { Detail } from "./detail.js";
import { AlarmIndex, alarmLine, channelLine, deviceLine, formatSpan, inOrder, isNew, isOpen, safe } from "./lines.js";
import { memory } from "./memory.js";
import { Rig } from "./rig.js";
import { explain, Login, request } from "./session.js";

const FPS = 2;
const LOOK_MS = 250;
const TIMES_MS = 1000;
const ARRANGE_MS = 500;
const REOPEN_MS = 1000;

const by = (id) => document.getElementById(id);

const rig = new Rig();
const login = new Login((user) => {
  rig.user = user;
  showUser();
  // The line says for whom it is, so it is opened anew.
  connection.open();
});
const board = new Board(by("lines"), openDetail, (key) => rig.channels.get(key));
const detail = new Detail(rig, login);
const awake = new Awake(by("awake"), by("awake-note"));
const address = new URL("api/v1/live", document.baseURI);
address.protocol = address.protocol.replace("http", "ws");
address.search = `channels=all&fps=${FPS}`;
const connection = new Connection(address.href, take, () => askForLogin());

let alarms = new AlarmIndex(rig);
let lines = new Map();
let announced = null;
let arrangedAt = -Infinity;
let isArranged = false;
let isAsked = false;
let isPlanned = false;
let failure = "";

function take(message) {
  if (message.type === "snapshot") {
    isAsked = false;
    by("lines").hidden = false;
  }
  // A new release has a new page.
  if (message.type === "hello" && rig.program && message.program !== rig.program && !document.querySelector("dialog[open]")) location.reload();
  if (!rig.take(message) && !isAsked) {
    isAsked = true;
    connection.send({ type: "snapshot" });
  }
  if (message.type === "hello") showUser();
  plan();
}

// What came is drawn with the next picture, however many messages it came in.
function plan() {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    draw();
  });
}

function draw() {
  if (!rig.isKnown) return;
  const changes = rig.takeChanges();
  if (changes.layout) showLocations();
  if (changes.layout || changes.alarms) makeLines();
  else for (const key of changes.channels) remake(key);
  if (changes.layout || changes.alarms || changes.channels.size) {
    isArranged = false;
    showCounts();
  }
  board.showMeters(changes.layout ? rig.channels.keys() : changes.meters);
  board.showMeters(changes.channels);
  if (changes.alarms) announce();
  if (changes.layout || changes.show) showClock();
  if (changes.layout) showReader();
  if (detail.key) showDetail();
  arrange();
}

function makeLines() {
  alarms = new AlarmIndex(rig);
  lines = new Map();
  let index = 0;
  for (const [key, found] of alarms.others) {
    const line = alarmLine(key, found, rig.devices.get(found[0].device_id), index++);
    if (isOpen(found[0]) || isNew(found[0])) lines.set(line.key, line);
  }
  for (const channel of rig.channels.values()) addLine(channelLine(channel, rig.devices.get(channel.deviceId), alarms.of(channel), index++));
  for (const device of rig.devices.values()) {
    const hasAlarm = [...alarms.others.values()].some(([alarm]) => alarm.device_id === device.device_id);
    if (!device.count && device.kind !== "charger" && !hasAlarm) addLine(deviceLine(device, index++));
  }
}

function addLine(line) {
  lines.set(line.key, line);
  board.show(line, rig.now());
}

function remake(key) {
  const channel = rig.channels.get(key);
  const old = lines.get(`channel ${key}`);
  if (channel && old) addLine(channelLine(channel, rig.devices.get(channel.deviceId), alarms.of(channel), old.index));
}

// Rows move at most twice a second, and not under a finger.
function arrange(isWanted = false) {
  const isDue = performance.now() - arrangedAt >= ARRANGE_MS && !board.isHeld;
  if (!isWanted && (isArranged || !isDue)) return;
  const shown = [...lines.values()].filter(fits);
  board.arrange(inOrder(shown, by("order").value), rig.now());
  isArranged = true;
  arrangedAt = performance.now();
  by("empty").hidden = shown.length > 0;
  if (!shown.length) by("empty").textContent = lines.size ? "Nothing fits" : rig.isKnown ? "No device is registered" : "Connecting";
}

function fits(line) {
  const location = by("location").value;
  if (location && line.location !== null && line.location !== location) return false;
  const wanted = fold(by("search").value.trim());
  return !wanted || fold(searchText(line)).includes(wanted);
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function searchText(line) {
  const channel = rig.channels.get(line.channelKey);
  const device = rig.devices.get(line.deviceId);
  const mhz = channel?.frequency_khz ? (channel.frequency_khz / 1000).toFixed(3) : "";
  return [line.mic, line.name, channel?.name, channel?.performer, device?.name, device?.location, mhz, line.what].filter(Boolean).join(" ");
}

// All that is critical is counted, whatever is shown; what the filter hides of it is said.
function showCounts() {
  let hidden = 0;
  for (const tone of ["critical", "warning"]) {
    const found = [...lines.values()].filter((line) => line.tone === tone);
    const button = by(tone);
    const count = String(found.length);
    const number = button.querySelector("b");
    if (number.textContent !== count) number.textContent = count;
    button.classList.toggle("none", !found.length);
    if (tone === "critical") hidden = found.filter((line) => !fits(line)).length;
  }
  by("hidden").hidden = !hidden;
  if (hidden) by("hidden").querySelector("span").textContent = `${hidden} critical hidden by the filter`;
}

function showLocations() {
  const select = by("location");
  const wanted = select.value || memory.read("location", "");
  const names = [...new Set([...rig.devices.values()].map((device) => device.location).filter(Boolean))];
  const known = [...select.options].slice(1).map((option) => option.value);
  if (select.options.length && names.join("\0") === known.join("\0")) return;
  select.replaceChildren(new Option("All locations", ""), ...names.map((name) => new Option(safe(name), name)));
  select.value = names.includes(wanted) ? wanted : "";
}

function showClock() {
  const text = clockText(rig.show, rig.now());
  if (by("clock").textContent !== text) by("clock").textContent = text;
}

// While another computer reads the devices, nothing here is current.
function showReader() {
  const node = by("read-by");
  node.hidden = !rig.reader;
  node.textContent = rig.reader ? `Read by ${safe(rig.reader.user)} on ${safe(rig.reader.host)}: stored values` : "";
}

// Screen readers say what is new and urgent, and nothing else.
function announce() {
  const fresh = rig.alarms.filter((alarm) => alarm.priority === "now" && isOpen(alarm) && isNew(alarm));
  const keys = new Set(fresh.map((alarm) => `${alarm.cause} ${alarm.device_id} ${alarm.channel} ${alarm.raised_at}`));
  const added = announced && fresh.filter((_, index) => !announced.has([...keys][index]));
  announced = keys;
  if (added?.length) {
    const [first] = added;
    const more = added.length > 1 ? ` And ${added.length - 1} more.` : "";
    by("announcement").textContent = `${safe(first.name || first.about)}: ${first.title}. ${first.cure}.${more}`;
  }
}

function openDetail(line) {
  detail.open(line);
  showDetail();
}

function showDetail() {
  detail.show(lines.get(detail.key), alarms);
}

function showUser() {
  const { user } = rig;
  by("user").textContent = user ? `${user.name} may ${user.permission}` : "Not logged in: watching only";
  by("log-in").hidden = user !== null;
  by("log-out").hidden = user === null;
  by("program").textContent = rig.program ? `micboard-tui ${rig.program}` : "";
}

// The server wants a login; or the session of this browser ended, and watching needs none.
async function askForLogin() {
  try {
    const session = await request("GET", "api/v1/session");
    if (session.may_watch) {
      setTimeout(() => connection.open(), REOPEN_MS);
      return;
    }
  } catch {
    // Then the login says what is the matter.
  }
  for (const name of ["detail", "menu", "lost"]) by(name).close();
  // What was seen before is not kept up to date.
  by("lines").hidden = true;
  by("empty").hidden = false;
  by("empty").textContent = "Log in to see the channels";
  await login.ask("Watching needs a login here.", true);
}

// The dialog is over everything, the detail and the menu, too.
function showLine() {
  connection.look();
  const dialog = by("lost");
  const isLost = failure || (connection.isLost && !login.isOpen);
  if (!isLost) {
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  if (failure) {
    by("lost-title").textContent = "This page failed";
    by("lost-age").textContent = "What it shows may be old";
    by("lost-reason").textContent = failure;
    by("retry").textContent = "Load it again";
    return;
  }
  by("lost-age").textContent = rig.isKnown ? `Values are ${formatSpan(connection.silence)} old` : "Nothing was received yet";
  const next = connection.wait ? `Next try in ${formatSpan(connection.wait + 999)}` : "Trying to reach the server";
  by("lost-reason").textContent = connection.reason ? `${connection.reason}. ${next}` : next;
}

function setLook(look) {
  if (look === "auto") delete document.documentElement.dataset.look;
  else document.documentElement.dataset.look = look;
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--background").trim();
  document.querySelector("meta[name=theme-color]").content = ground;
}

function prepare() {
  by("order").value = memory.read("order", "problems");
  by("order").addEventListener("change", () => {
    memory.write("order", by("order").value);
    arrange(true);
  });
  by("location").addEventListener("change", () => {
    memory.write("location", by("location").value);
    filter();
  });
  by("search").addEventListener("input", filter);
  by("filters").addEventListener("submit", (event) => {
    event.preventDefault();
    by("search").blur();
  });
  by("hidden").querySelector("button").addEventListener("click", showAll);
  for (const tone of ["critical", "warning"]) by(tone).addEventListener("click", () => goTo(tone));
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  by("menu-button").addEventListener("click", () => by("menu").showModal());
  by("log-in").addEventListener("click", () => {
    by("menu").close();
    login.ask("Who may write can acknowledge alarms.");
  });
  by("log-out").addEventListener("click", () => login.logOut().catch((error) => (by("user").textContent = explain(error))));
  by("retry").addEventListener("click", () => (failure ? location.reload() : connection.open()));
  by("lost").addEventListener("cancel", (event) => event.preventDefault());
  const look = memory.read("look", "auto");
  by("look").elements.namedItem("look").value = look;
  by("look").addEventListener("change", (event) => {
    memory.write("look", event.target.value);
    setLook(event.target.value);
  });
  window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => setLook(memory.read("look", "auto")));
  setLook(look);
  document.addEventListener("visibilitychange", () => {
    showLine();
    awake.update();
  });
}

function filter() {
  arrange(true);
  showCounts();
}

function showAll() {
  by("search").value = "";
  by("location").value = "";
  memory.write("location", "");
  filter();
}

// To the first line of that tone, wherever it is.
function goTo(tone) {
  const found = inOrder([...lines.values()], by("order").value).find((line) => line.tone === tone);
  if (!found) return;
  if (!fits(found)) showAll();
  const row = document.querySelector(`#lines > [data-tone=${tone}]`);
  row?.scrollIntoView({ block: "center" });
  row?.querySelector(".name").focus({ preventScroll: true });
}

// A page that is broken must not look as if all were well.
window.addEventListener("error", (event) => (failure = event.message));
window.addEventListener("unhandledrejection", (event) => (failure = String(event.reason)));
prepare();
showUser();
showLocations();
awake.update();
connection.open();
setInterval(showLine, LOOK_MS);
setInterval(() => {
  board.showTimes(rig.now());
  showClock();
  if (detail.key) showDetail();
  arrange();
}, TIMES_MS);
