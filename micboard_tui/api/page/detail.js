import { by, on, setText } from "./dom.js";
import { DASH, formatMinutes, formatSpan, isNew, isPutAside, isSeen, linkOf, moment, placeOf, problemOf, reasonOfAlarm, rfOf, safe, withUnit } from "./lines.js";
import { explain, mayWrite, request } from "./session.js";

const WIDE = matchMedia("(min-width: 1100px)");
const PRIORITIES = { soon: "before the next cue", at_break: "at the break" };
const CELLS = { li_ion: "Li-ion", alkaline: "alkaline", nimh: "NiMH", lithium: "lithium" };

const part = (name) => by(`detail-${name}`);

function make(name, text, className = "", tone = "") {
	const node = Object.assign(document.createElement(name), { textContent: text, className });
	if (tone) node.dataset.tone = tone;
	return node;
}

const yes = (value) => (value == null ? DASH : value ? "yes" : "no");

const join = (parts, between = ", ") => parts.filter(Boolean).join(between) || DASH;

const ago = (span) => `${formatSpan(span)} ago`;

export class Detail {
	#line = null;
	#fresh = [];
	#spares = null;
	#dialog = by("detail");
	#button = by("acknowledge");

	constructor(rig, login) {
		Object.assign(this, { rig, login });
		on(this.#button, "click", () => this.#acknowledge());
		on(this.#dialog, "close", () => {
			document.body.classList.remove("with-detail");
			this.#line = null;
		});
		on(this.#dialog, "keydown", (event) => event.key === "Escape" && this.#dialog.close());
	}

	get key() {
		return this.#line?.key;
	}

	open(line) {
		this.#line = line;
		this.#spares = null;
		part("error").textContent = "";
		if (!this.#dialog.open) WIDE.matches ? this.#dialog.show() : this.#dialog.showModal();
		document.body.classList.toggle("with-detail", WIDE.matches);
		this.#dialog.scrollTop = 0;
		if (line.channelKey) this.#findSpares(line);
	}

	// `line` is undefined when it is gone.
	show(line, alarms) {
		if (!line) this.#dialog.close();
		if (!line || !this.#line) return;
		this.#line = line;
		const channel = this.rig.channels.get(line.channelKey);
		const device = this.rig.devices.get(line.deviceId);
		part("name").textContent = join([line.mic, line.name], " ");
		part("place").textContent = device ? join([channel ? placeOf(device, channel.number) : safe(device.name), device.model, safe(device.location)]) : "";
		this.#showAlarms(line.alarms ?? (channel ? alarms.of(channel) : []), channel);
		if (device) this.#showFacts(channel ? this.#factsOf(channel) : {}, device);
	}

	#showAlarms(alarms, channel) {
		const { what, cure, tone } = this.#line;
		const parts = alarms.map((alarm) => alarmPart(alarm, this.rig.now(), channel));
		if (!parts.length && what && tone !== "live") parts.push(box(tone, make("b", what), make("p", cure)));
		update(part("alarms"), parts);
		this.#fresh = alarms.filter(isNew);
		this.#button.hidden = !this.#fresh.length;
		setText(this.#button, mayWrite(this.rig.user) ? "Acknowledge" : "Log in to acknowledge");
	}

	async #acknowledge() {
		const { rig } = this;
		const alarms = this.#fresh.map(keyOf);
		const fail = (text) => (part("error").textContent = text);
		const refuse = (user) => (user ? `${user.name} may only watch. ` : "");
		fail("");
		if (!mayWrite(rig.user)) {
			const user = await this.login.ask(`${refuse(rig.user)}Acknowledging needs a user who may write.`);
			fail(mayWrite(user) ? "" : refuse(user));
			if (!mayWrite(user)) return;
		}
		this.#button.disabled = true;
		await request("POST", "api/v1/alarms/ack", { alarms }).catch((error) => {
			fail(explain(error));
			if (error.status === 401) rig.user = null;
		});
		this.#button.disabled = false;
	}

	// Asked once: ranking them is work.
	async #findSpares({ key, channelKey }) {
		const { deviceId, number } = this.rig.channels.get(channelKey);
		const { spares } = await request("GET", `api/v1/channels/${encodeURIComponent(deviceId)}/${number}/spares`).catch(() => ({ spares: null }));
		if (this.#line?.key === key) this.#spares = spares;
	}

	#factsOf(channel) {
		const { tones, isOld } = this.#line;
		const link = linkOf(channel);
		const heard = (text) => (link.isOutOfReach ? DASH : text);
		const antenna = (dbm, percent) => heard(dbm == null ? withUnit(percent, "%") : withUnit(dbm, "dBm"));
		const mhz = channel.frequency_khz && `${(channel.frequency_khz / 1000).toFixed(3)}\u202fMHz`;
		const power = channel.transmitter_power_mw != null && withUnit(channel.transmitter_power_mw, "mW");
		return {
			Spare: spareText(this.#spares),
			Link: channel.dock ? `${link.name}: ${safe(channel.dock.charger)}, bay ${channel.dock.bay}` : join([link.name, link.meaning], ": "),
			Battery: [batteryInFull(channel, this.rig.now()), tones.battery],
			RF: [heard(join([rfOf(channel).number, channel.antenna && `antenna ${channel.antenna}`])), tones.number],
			"Antenna A": antenna(channel.rf_a_dbm, channel.rf_a_percent),
			"Antenna B": antenna(channel.rf_b_dbm, channel.rf_b_percent),
			Quality: heard(withUnit(channel.quality_percent, "%")),
			Audio: heard(withUnit(channel.audio_dbfs, "dBFS")),
			Frequency: join([mhz, safe(channel.group_channel)]),
			Pack: join([safe(channel.transmitter_model), safe(channel.transmitter_name), power]),
			Performer: join([safe(channel.performer), channel.role]),
			Channel: safe(channel.name) || DASH,
			"Pack muted": yes(channel.transmitter_muted),
			"Output muted": yes(channel.receiver_muted),
			Gain: withUnit(channel.gain_db, "dB"),
			Encryption: channel.encryption ?? DASH,
			// It is not sent while meters are.
			"Last heard": isOld && channel.observed_at ? ago(this.rig.now() - moment(channel.observed_at)) : "",
		};
	}

	// Each as text or [text, tone]; an empty one is not shown.
	#showFacts(facts, device) {
		const ofDevice = { Address: device.host, Firmware: safe(device.firmware) || DASH, Error: [device.error ? explain(device.error) : "", "critical"] };
		const shown = Object.entries({ ...facts, ...ofDevice }).map(([name, fact]) => [name, ...[fact].flat()]);
		update(part("facts"), shown.filter(([, text]) => text).flatMap(([name, text, tone = "text"]) => [make("dt", name), make("dd", text, "", tone)]));
	}
}

// What is as before stays, with what is selected in it.
function update(parent, nodes) {
	nodes.forEach((node, index) => {
		const old = parent.children[index];
		if (!old) parent.append(node);
		else if (!old.isEqualNode(node)) old.replaceWith(node);
	});
	while (parent.children.length > nodes.length) parent.lastElementChild.remove();
}

function box(tone, ...nodes) {
	const node = make("div", "", "alarm", tone);
	node.append(...nodes);
	return node;
}

function alarmPart(alarm, now, channel) {
	const reason = reasonOfAlarm(alarm, channel);
	const count = alarm.count > 1 ? ` \u00d7${alarm.count}` : "";
	const by = (act, name) => `${act} by ${safe(name) || "a person"}`;
	const note = join([
		PRIORITIES[alarm.priority],
		isSeen(alarm) && by("seen", alarm.acknowledged_by),
		alarm.is_shelved && by("shelved", alarm.shelved_by),
		alarm.hidden_by && `because of: ${problemOf(alarm.hidden_by.cause).title}`,
		safe(alarm.note),
	]);
	const found = box(isPutAside(alarm) ? "dim" : reason.tone, make("b", `${alarm.title}${count}`), " ", make("span", alarm.status === "cleared" ? "" : formatSpan(now - moment(alarm.raised_at))), make("p", reason.cure));
	if (note !== DASH) found.append(make("p", note, "note"));
	return found;
}

const keyOf = ({ cause, device_id, channel, part, location_id }) => ({ cause, device_id, channel, part, location_id });

function batteryInFull(channel, now) {
	const { battery_minutes: minutes, battery_percent: percent, battery_bars: bars } = channel;
	const charge = [minutes != null && `${formatMinutes(minutes)} h`, percent != null && withUnit(percent, "%"), bars != null && `${bars} of 5 bars`];
	if (join(charge) === DASH) return DASH;
	const age = channel.battery_at && linkOf(channel).isPast ? now - moment(channel.battery_at) : 0;
	return join([...charge, CELLS[channel.battery_type], age > 0 && ago(age)]);
}

function spareText(spares) {
	if (!spares) return "";
	const [best] = spares;
	return best ? join([safe(best.name), best.is_ready ? "ready" : "not ready", ...best.reasons.map(safe)]) : "none";
}
