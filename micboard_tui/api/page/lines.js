// What each line says, and in which order they stand. Pure.
import { texts } from "./texts.js";
import { channelKey, range } from "./rig.js";

const OF_ALARMS = "!"; // The letter of what only an alarm says.
const LAST = 1000;

export const problemOf = (cause) => texts.problems[cause] ?? { title: cause, cure: "", letter: OF_ALARMS, severity: "warning", rank: LAST };

export const linkOf = ({ link_state: state }) => texts.links[state] ?? { name: state, letter: "?", meaning: "" };

export const DASH = "\u2013";
const PRIORITIES = { now: 0, soon: 2, at_break: 3, journal: 5 };
// Of what is no alarm: a critical problem, another one. Of an alarm that cleared unseen; of all else.
const [CRITICAL, WARNING, CLEARED, CALM] = [1, 4, 6, 7];
// What was seen stands behind what was not; what went, behind all that is critical.
const [GONE, SEEN] = [1.25, 0.5];
const [RF_BOTTOM_DBM, RF_TOP_DBM, AUDIO_BOTTOM_DBFS] = [-100, -20, -50];
const MAX_SHOWN_MINUTES = 100 * 60 - 1;
const PLAIN = {
	mic: "", tone: "dim", what: "", cure: "", battery: "", since: null, ageFrom: null, urgency: CALM, rank: LAST, tones: {},
};

// A name from anywhere with everything that could hide or reorder other text made visible.
export const safe = (text) => (text ?? "").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, "\ufffd");

export const moment = (text) => (text ? Date.parse(text) : null);

// As 9s, 4m, 2h, 3d.
export function formatSpan(ms) {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const [unit, size] = [["d", 86400], ["h", 3600], ["m", 60]].find(([, size]) => seconds >= size) ?? ["s", 1];
	return `${Math.floor(seconds / size)}${unit}`;
}

export const formatMinutes = (minutes) => `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, "0")}`;

export const withUnit = (value, unit) => (value == null ? DASH : `${Math.round(value)}\u202f${unit}`.replace("-", "\u2212"));

function formatCharge({ battery_minutes: minutes, battery_percent: percent, battery_bars: bars }) {
	if (minutes != null && minutes <= MAX_SHOWN_MINUTES) return formatMinutes(minutes);
	return percent == null && bars != null ? `${bars}/5` : withUnit(percent, "%");
}

export const placeOf = (device, number) => `${safe(device?.name)}/${number}`;

export function rfOf(channel) {
	if (linkOf(channel).isOutOfReach) return { number: DASH, share: null };
	const { rf_dbm: dbm, rf_a_percent: a, rf_b_percent: b } = channel;
	if (dbm != null) return { number: withUnit(dbm, "dBm"), share: shareOf(dbm, RF_BOTTOM_DBM, RF_TOP_DBM) };
	const percent = a == null && b == null ? null : Math.max(a ?? 0, b ?? 0);
	return { number: withUnit(percent, "%"), share: shareOf(percent, 0, 100) };
}

export const audioShare = (dbfs) => shareOf(dbfs, AUDIO_BOTTOM_DBFS, 0);

// In whole percent.
const shareOf = (value, bottom, top) => (value == null ? null : Math.min(100, Math.max(0, Math.round(((value - bottom) / (top - bottom)) * 100))));

// By their line: of a channel, of all channels of a device that cannot be read, or of their own.
export class AlarmIndex {
	byChannel = new Map();
	others = new Map();

	constructor(rig) {
		for (const alarm of rig.alarms) this.#add(alarm, rig.devices.get(alarm.device_id)?.count ?? 0);
	}

	of(channel) {
		return this.byChannel.get(channel.key) ?? [];
	}

	#add(alarm, count) {
		const { device_id: id, channel } = alarm;
		const isOfAll = channel === null && texts.links[alarm.cause]?.isOutOfReach;
		const numbers = channel ? [channel] : isOfAll ? range(count) : [];
		for (const number of numbers) append(this.byChannel, channelKey(id, number), alarm);
		if (!numbers.length && !isPutAside(alarm)) append(this.others, `alarm ${alarmKey(alarm)}`, alarm);
	}
}

const append = (map, key, alarm) => map.set(key, [...(map.get(key) ?? []), alarm]);

export const alarmKey = (alarm) => JSON.stringify([alarm.cause, alarm.device_id, alarm.channel, alarm.part, alarm.location_id]);

export const isSeen = (alarm) => alarm.acknowledged_at !== null;

const isOver = (alarm) => alarm.status === "cleared";

// By a person, or since it follows from another alarm.
export const isPutAside = (alarm) => alarm.is_shelved || alarm.hidden_by;

export const isOpen = (alarm) => !isOver(alarm) && !isPutAside(alarm);

export const isNew = (alarm) => alarm.is_new && !isSeen(alarm) && !isPutAside(alarm);

// Else what is not among its warnings is not over, but not known.
const isJudged = (channel) => linkOf(channel).isOnAir && !channel.warnings.includes("stale");

// An alarm stays for a while after its cause went, since that may come back.
export function reasonOfAlarm(alarm, channel) {
	const problem = problemOf(alarm.cause);
	const isGone = channel && problem.letter !== OF_ALARMS && isJudged(channel) && !channel.warnings.includes(alarm.cause);
	const reason = { ...problem, what: alarm.title, isGone: isGone || isOver(alarm), isNew: isNew(alarm), isSeen: isSeen(alarm) };
	if (isOver(alarm)) return { ...reason, urgency: CLEARED, tone: "dim", cure: `over since ${new Date(alarm.cleared_at).toTimeString().slice(0, 5)}`, since: null };
	return {
		...reason,
		urgency: PRIORITIES[alarm.priority] + (reason.isSeen ? SEEN : 0) + (isGone ? GONE : 0),
		tone: isGone ? "warning" : problem.severity,
		cure: isGone ? "over for now" : alarm.cure,
		since: moment(alarm.raised_at),
	};
}

function reasonOfWarning(cause, channel, device, isSeen) {
	const isOutOfReach = texts.links[cause]?.isOutOfReach;
	const problem = { ...problemOf(cause), ...(isOutOfReach && texts.faults[device?.error?.code]) };
	return {
		...problem,
		what: problem.title,
		urgency: (problem.severity === "critical" ? CRITICAL : WARNING) + (isSeen ? SEEN : 0),
		tone: problem.severity,
		since: isOutOfReach || cause === "rf_lost" ? moment(channel.link_since) : null,
		isSeen,
	};
}

function reasonsOf(channel, device, alarms) {
	const reasons = alarms.filter((alarm) => isOpen(alarm) || isNew(alarm)).map((alarm) => reasonOfAlarm(alarm, channel));
	for (const cause of channel.warnings) {
		const same = alarms.filter((alarm) => alarm.cause === cause && !isOver(alarm));
		if (same.every((alarm) => alarm.is_shelved)) reasons.push(reasonOfWarning(cause, channel, device, same.length > 0));
	}
	return reasons.sort(byUrgency);
}

const byUrgency = (one, other) => one.urgency - other.urgency || one.rank - other.rank;

export function channelLine(channel, device, alarms, index) {
	const reasons = reasonsOf(channel, device, alarms);
	const [worst] = reasons;
	const link = linkOf(channel);
	const state = channel.link_state;
	const isLive = state === "live";
	const isOff = channel.expected_off === true && !link.isOnAir;
	const isStale = channel.warnings.includes("stale");
	// Values have the colour of what is wrong with them now.
	const toneOf = (value, otherwise) => reasons.filter((each) => each.value === value && !each.isGone).map((each) => each.severity).sort()[0] ?? otherwise;
	const charge = formatCharge(channel);
	const isKnown = charge !== DASH && !link.isPast;
	return {
		...PLAIN,
		tone: link.isOnAir ? state : "dim",
		what: isOff ? "expected off" : isLive ? "" : link.name,
		cure: isLive ? placeOf(device, channel.number) : "",
		...worst,
		letter: (worst?.tone ?? "dim") !== "dim" ? worst.letter : isOff ? "x" : link.letter,
		key: `channel ${channel.key}`,
		channelKey: channel.key,
		deviceId: channel.deviceId,
		index,
		name: safe(channel.performer || channel.name) || placeOf(device, channel.number),
		mic: safe(channel.mic_number),
		location: device?.location_id ?? "",
		ageFrom: isStale ? moment(channel.meters_at ?? channel.observed_at) : null,
		isOld: isStale || link.isOutOfReach,
		battery: isKnown || charge === DASH ? charge : `(${charge})`,
		tones: {
			battery: isKnown ? toneOf("battery", "text") : "dim",
			number: link.isOnAir ? toneOf("rf", "text") : "dim",
			rf: link.isOnAir ? toneOf("rf", "live") : "dim",
			audio: link.isOnAir ? toneOf("audio", state) : "dim",
		},
	};
}

// Of a device, a location, all devices or the server.
export function alarmLine(key, alarms, device, index) {
	const [alarm] = alarms;
	const who = [alarm.mic_number, alarm.name].filter(Boolean).join(" ");
	return {
		...PLAIN,
		...alarms.map((each) => reasonOfAlarm(each)).sort(byUrgency)[0],
		key,
		alarms,
		index,
		deviceId: alarm.device_id,
		location: device ? device.location_id ?? "" : alarm.location_id,
		name: safe(who ? `${who}, ${alarm.about}` : alarm.about),
	};
}

// Of which no channel is known (yet).
export function deviceLine(device, index) {
	const { error } = device;
	const link = linkOf({ link_state: device.status });
	const fault = texts.faults[error?.code] ?? { title: link.name, cure: error?.hint ?? "" };
	return {
		...PLAIN,
		key: `device ${device.device_id}`,
		deviceId: device.device_id,
		index,
		name: safe(device.name),
		location: device.location_id ?? "",
		letter: link.letter,
		what: "not heard yet",
		...(error && { tone: "critical", what: fault.title, cure: fault.cure, urgency: CRITICAL }),
	};
}

export function inOrder(lines, order) {
	const byIndex = (one, other) => one.index - other.index;
	return [...lines].sort(order === "rack" ? byIndex : (one, other) => byUrgency(one, other) || byIndex(one, other));
}

// "Scene 2.2 Balcony, 0:42 to break".
export function clockText(show, now) {
	if (!show) return "";
	if (show.state === "ended") return `${safe(show.show.name)} ended`;
	const { next_break_at: breakAt, end_at: endAt } = show;
	const isBreak = show.state === "break";
	const due = breakAt && !isBreak ? dueText(breakAt, "to break", now) : endAt ? dueText(endAt, "to end", now) : "";
	return [isBreak ? "Break" : leadText(show), due].filter(Boolean).join(" \u00b7 ");
}

function leadText({ state, scene, show }) {
	if (state === "planned" || !scene) return safe(show.name);
	const name = safe([scene.number, scene.name].filter(Boolean).join(" "));
	return state === "paused" ? `Paused, scene ${name}` : `Scene ${name}`;
}

function dueText(at, ahead, now) {
	const minutes = (moment(at) - now) / 60000;
	return minutes > 0 ? `${formatMinutes(Math.ceil(minutes))} ${ahead}` : `${formatMinutes(Math.floor(-minutes))} over`;
}
