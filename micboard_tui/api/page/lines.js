// What each line of the board says, and in which order they stand. Pure: no page, no network.
import { texts } from "./texts.js";
import { channelKey } from "./rig.js";

// The letter of what only an alarm says.
const OF_ALARMS = "!";

// What is wrong, by its code: the words of the board. One of a newer server is called by its code.
export function problemOf(cause) {
  const [title, cure, letter, severity] = texts.problems[cause] ?? [cause, "", OF_ALARMS, "warning"];
  return { title, cure, letter, severity };
}

export function linkOf(state) {
  const [name, letter, meaning] = texts.links[state] ?? [state, "?", ""];
  return { name, letter, meaning };
}

const RANKS = new Map(Object.keys(texts.problems).map((cause, rank) => [cause, rank]));
const LAST = RANKS.size;
const rankOf = (reason) => RANKS.get(reason.cause) ?? LAST;

export const DASH = "\u2013";
const ON_AIR = new Set(["live", "muted"]);
// Nothing is heard of these, or not of their pack, so what is known of it is past.
export const OUT_OF_REACH = new Set(["offline", "refused"]);
const PAST = new Set(["rf_lost", "transmitter_off", "docked", "offline", "refused"]);
const OF_LINK = new Set(["rf_lost", "offline", "refused"]);
const BATTERY_CRITICAL = ["battery_critical", "battery_empty"];
const BATTERY_WARNING = ["battery_low", "will_not_last", "battery_contact"];
const PRIORITIES = { now: 0, soon: 2, at_break: 3, journal: 5 };
// Of what is no alarm (yet): a critical problem, another one. Of an alarm that cleared unseen; of all else.
const [CRITICAL, WARNING, CLEARED, CALM] = [1, 4, 6, 7];
// What was seen stands behind what was not, and what went behind all that is critical.
const [GONE, SEEN] = [1.25, 0.5];
const [RF_BOTTOM_DBM, RF_TOP_DBM, AUDIO_BOTTOM_DBFS] = [-100, -20, -50];
const MAX_SHOWN_MINUTES = 100 * 60 - 1;

// A name from anywhere with everything that could hide or reorder other text made visible.
export const safe = (text) => (text ?? "").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, "\ufffd");

export const moment = (text) => (text ? Date.parse(text) : null);

// A span in its largest unit: 9s, 4m, 2h, 3d.
export function formatSpan(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["m", 60]]) {
    if (seconds >= size) return `${Math.floor(seconds / size)}${unit}`;
  }
  return `${seconds}s`;
}

export const formatMinutes = (minutes) => `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, "0")}`;

export const withUnit = (value, unit) => (value === null || value === undefined ? DASH : `${minus(Math.round(value))}\u202f${unit}`);

const minus = (value) => (value < 0 ? `\u2212${-value}` : `${value}`);

export function formatCharge({ battery_minutes: minutes, battery_percent: percent, battery_bars: bars }) {
  if (minutes !== null && minutes !== undefined && minutes <= MAX_SHOWN_MINUTES) return formatMinutes(minutes);
  if (percent !== null && percent !== undefined) return `${percent}\u202f%`;
  return bars !== null && bars !== undefined ? `${bars}/5` : DASH;
}

export const placeOf = (device, number) => `${safe(device?.name)}/${number}`;

export const nameOf = (channel, device) => safe(channel.performer || channel.name) || placeOf(device, channel.number);

export function rfOf(channel) {
  if (OUT_OF_REACH.has(channel.link_state)) return { number: DASH, share: null };
  if (channel.rf_dbm !== null) {
    return { number: withUnit(channel.rf_dbm, "dBm"), share: shareOf(channel.rf_dbm, RF_BOTTOM_DBM, RF_TOP_DBM) };
  }
  const levels = [channel.rf_a_percent, channel.rf_b_percent].filter((level) => level !== null);
  if (!levels.length) return { number: DASH, share: null };
  const percent = Math.max(...levels);
  return { number: `${percent}\u202f%`, share: percent / 100 };
}

export const audioShare = (dbfs) => (dbfs === null || dbfs === undefined ? null : shareOf(dbfs, AUDIO_BOTTOM_DBFS, 0));

// To the hundredth: a smaller step is not seen.
const shareOf = (value, bottom, top) => Math.round(Math.min(1, Math.max(0, (value - bottom) / (top - bottom))) * 100) / 100;

// The alarms by the line on which they stand: of a channel, of a device (on all of its channels when it
// cannot be read), or on a line of their own.
export class AlarmIndex {
  constructor(rig) {
    this.byChannel = new Map();
    this.others = new Map();
    for (const alarm of rig.alarms) this.#add(alarm, rig);
  }

  of(channel) {
    return this.byChannel.get(channel.key) ?? [];
  }

  #add(alarm, rig) {
    if (alarm.device_id !== null && alarm.channel !== null) {
      this.#append(this.byChannel, channelKey(alarm.device_id, alarm.channel), alarm);
      return;
    }
    const count = rig.devices.get(alarm.device_id)?.count ?? 0;
    if (OUT_OF_REACH.has(alarm.cause) && count) {
      for (let number = 1; number <= count; number++) this.#append(this.byChannel, channelKey(alarm.device_id, number), alarm);
    } else if (!alarm.hidden_by && !alarm.is_shelved) {
      this.#append(this.others, `alarm ${alarmKey(alarm)}`, alarm);
    }
  }

  #append(map, key, alarm) {
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(alarm);
  }
}

export const alarmKey = (alarm) => JSON.stringify([alarm.cause, alarm.device_id, alarm.channel, alarm.part, alarm.location_id]);

export const isSeen = (alarm) => alarm.acknowledged_at !== null;

export const isOpen = (alarm) => alarm.status !== "cleared" && !alarm.is_shelved && !alarm.hidden_by;

// Whether a person has to acknowledge it.
export const isNew = (alarm) => alarm.is_new && !isSeen(alarm) && !alarm.is_shelved && !alarm.hidden_by;

// Whether what is not among its warnings is over. Without a carrier, or with old values, it is only not known.
const isJudged = (channel) => ON_AIR.has(channel.link_state) && !channel.warnings.includes("stale");

// An alarm stays for a while after its cause went, since that may come back.
export function reasonOfAlarm(alarm, channel) {
  const isOver = alarm.status === "cleared";
  const problem = problemOf(alarm.cause);
  const isGone = channel && problem.letter !== OF_ALARMS && isJudged(channel) && !channel.warnings.includes(alarm.cause);
  const urgency = isOver ? CLEARED : PRIORITIES[alarm.priority] + (isSeen(alarm) ? SEEN : 0) + (isGone ? GONE : 0);
  return {
    cause: alarm.cause,
    urgency,
    tone: isOver ? "dim" : isGone ? "warning" : problem.severity,
    isGone: isOver || isGone,
    letter: problem.letter,
    what: alarm.title,
    cure: isOver ? `over since ${formatTime(alarm.cleared_at)}` : isGone ? "over for now" : alarm.cure,
    since: isOver ? null : moment(alarm.raised_at),
    isNew: isNew(alarm),
    isSeen: isSeen(alarm),
  };
}

function reasonOfWarning(cause, channel, device, isSeen) {
  const { title, cure, letter, severity } = problemOf(cause);
  const fault = OUT_OF_REACH.has(cause) ? texts.faults[device?.error?.code] : undefined;
  return {
    cause,
    urgency: (severity === "critical" ? CRITICAL : WARNING) + (isSeen ? SEEN : 0),
    tone: severity,
    letter,
    what: fault?.[0] ?? title,
    cure: fault?.[1] ?? cure,
    since: OF_LINK.has(cause) ? moment(channel.link_since) : null,
    isNew: false,
    isSeen,
  };
}

export function formatTime(text) {
  const date = new Date(text);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

// Everything that is wrong with a channel, the worst first.
export function reasonsOf(channel, device, alarms) {
  const reasons = alarms.filter((alarm) => isOpen(alarm) || (alarm.status === "cleared" && isNew(alarm))).map((alarm) => reasonOfAlarm(alarm, channel));
  for (const cause of channel.warnings) {
    const same = alarms.filter((alarm) => alarm.cause === cause && alarm.status !== "cleared");
    if (same.some((alarm) => !alarm.is_shelved)) continue;
    reasons.push(reasonOfWarning(cause, channel, device, same.length > 0));
  }
  return reasons.sort(byUrgency);
}

const byUrgency = (one, other) => one.urgency - other.urgency || rankOf(one) - rankOf(other);

// The line of a channel.
export function channelLine(channel, device, alarms, index) {
  const reasons = reasonsOf(channel, device, alarms);
  const worst = reasons[0];
  // Values have the colour of what is wrong now.
  const causes = reasons.filter((reason) => !reason.isGone).map((reason) => reason.cause);
  const link = linkOf(channel.link_state);
  const isOff = channel.expected_off === true && !ON_AIR.has(channel.link_state);
  const isLive = channel.link_state === "live";
  return {
    key: `channel ${channel.key}`,
    channelKey: channel.key,
    deviceId: channel.deviceId,
    index,
    name: nameOf(channel, device),
    mic: safe(channel.mic_number),
    location: device?.location ?? "",
    tone: worst?.tone ?? (channel.link_state === "muted" ? "muted" : isLive ? "live" : "dim"),
    letter: worst && worst.tone !== "dim" ? worst.letter : isOff ? "x" : link.letter,
    what: worst?.what ?? (isOff ? "expected off" : isLive ? "" : link.name),
    since: worst ? worst.since : null,
    cure: worst?.cure ?? (isLive ? placeOf(device, channel.number) : ""),
    isNew: worst?.isNew ?? false,
    isSeen: worst?.isSeen ?? false,
    urgency: worst?.urgency ?? CALM,
    rank: worst ? rankOf(worst) : LAST,
    ageFrom: ageFrom(channel),
    isOld: channel.warnings.includes("stale") || OUT_OF_REACH.has(channel.link_state),
    ...batteryOf(channel, causes),
    ...tonesOf(channel, causes),
  };
}

// Of when the values of a channel are, where they are old.
const ageFrom = (channel) => (channel.warnings.includes("stale") ? moment(channel.meters_at ?? channel.observed_at) : null);

export const isPast = (channel) => PAST.has(channel.link_state);

function batteryOf(channel, causes) {
  const charge = formatCharge(channel);
  const isOver = isPast(channel) && charge !== DASH;
  const has = (some) => some.some((cause) => causes.includes(cause));
  const tone = charge === DASH || isOver ? "dim" : has(BATTERY_CRITICAL) ? "critical" : has(BATTERY_WARNING) ? "warning" : "text";
  return { charge: isOver ? `(${charge})` : charge, chargeTone: tone };
}

function tonesOf({ link_state: link }, causes) {
  return {
    rfTone: !ON_AIR.has(link) ? "dim" : causes.includes("rf_critical") ? "critical" : causes.includes("rf_low") ? "warning" : "live",
    audioTone: !ON_AIR.has(link) ? "dim" : causes.includes("audio_clip") ? "warning" : "live",
  };
}

// A line without a channel: an alarm of a device, a location, all devices or this computer.
export function alarmLine(key, alarms, device, index) {
  const reason = alarms.map((alarm) => reasonOfAlarm(alarm)).sort(byUrgency)[0];
  const alarm = alarms[0];
  const who = [alarm.mic_number, alarm.name].filter(Boolean).join(" ");
  return { ...PLAIN, ...reason, key, alarms, index, rank: rankOf(reason), deviceId: alarm.device_id, location: device?.location ?? null, name: safe(who ? `${who}, ${alarm.about}` : alarm.about) };
}

// A receiver of which no channel is known (yet).
export function deviceLine(device, index) {
  const fault = device.error;
  const link = linkOf(device.status);
  const [title, cure] = texts.faults[fault?.code] ?? [link.name, fault?.hint ?? ""];
  return {
    ...PLAIN,
    key: `device ${device.device_id}`,
    deviceId: device.device_id,
    index,
    name: safe(device.name),
    location: device.location,
    tone: fault ? "critical" : "dim",
    letter: link.letter,
    what: fault ? title : "not heard yet",
    cure: fault ? cure : "",
    urgency: fault ? CRITICAL : CALM,
    rank: LAST,
  };
}

const PLAIN = { mic: "", since: null, cure: "", isNew: false, isSeen: false, ageFrom: null, charge: "", chargeTone: "dim", rfTone: "live", audioTone: "live" };

// The worst first; in rack order what belongs to no channel comes first.
export function inOrder(lines, order) {
  const isRack = order === "rack";
  return [...lines].sort(
    (one, other) =>
      (isRack ? 0 : one.urgency - other.urgency || one.rank - other.rank) || one.index - other.index,
  );
}
