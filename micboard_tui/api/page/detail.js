// One line in full: what is wrong and what to do, and everything that is known of the channel.
import { DASH, formatMinutes, formatSpan, isNew, isPast, isSeen, linkOf, moment, OUT_OF_REACH, placeOf, problemOf, reasonOfAlarm, rfOf, safe, withUnit } from "./lines.js";
import { explain, mayWrite, request } from "./session.js";

const WIDE = window.matchMedia("(min-width: 1100px)");
const PRIORITIES = { now: "", soon: "before the next cue", at_break: "at the break", journal: "" };

const make = (name, text, className) => {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  if (className) node.className = className;
  return node;
};

const yes = (value) => (value === null || value === undefined ? DASH : value ? "yes" : "no");

const join = (parts, between = ", ") => parts.filter(Boolean).join(between) || DASH;

export class Detail {
  #line = null;
  #facts = new Map();
  #shownAlarms = "";
  #spares = null;

  // `login` asks for one where it is needed.
  constructor(rig, login) {
    Object.assign(this, { rig, login });
    this.dialog = document.getElementById("detail");
    this.title = document.getElementById("detail-name");
    this.place = document.getElementById("detail-place");
    this.alarms = document.getElementById("detail-alarms");
    this.error = document.getElementById("detail-error");
    this.list = document.getElementById("detail-facts");
    this.dialog.addEventListener("close", () => {
      document.body.classList.remove("with-detail");
      this.#line = null;
    });
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && this.dialog.close());
  }

  get key() {
    return this.#line?.key ?? null;
  }

  open(line) {
    this.#line = line;
    this.#shownAlarms = "";
    this.#spares = null;
    this.#facts.clear();
    this.list.replaceChildren();
    this.error.textContent = "";
    const isWide = WIDE.matches;
    if (!this.dialog.open) isWide ? this.dialog.show() : this.dialog.showModal();
    document.body.classList.toggle("with-detail", isWide);
    this.dialog.scrollTop = 0;
    if (line.channelKey) this.#findSpares(line);
  }

  // Brings it up to date; `line` is undefined when it is gone.
  show(line, alarms) {
    if (!this.#line) return;
    if (!line) {
      this.dialog.close();
      return;
    }
    this.#line = line;
    const channel = this.rig.channels.get(line.channelKey);
    const device = this.rig.devices.get(line.deviceId);
    this.title.textContent = line.mic ? `${line.mic} ${line.name}` : line.name;
    this.place.textContent = device ? join([channel ? placeOf(device, channel.number) : safe(device.name), device.model, safe(device.location)]) : "";
    this.#showAlarms(line.alarms ?? (channel ? alarms.of(channel) : []), line);
    if (channel) this.#showChannel(channel, device, line);
    else if (device) this.#showDevice(device);
  }

  #showAlarms(alarms, line) {
    const now = this.rig.now();
    const shown = alarms.map((alarm) => [alarm, formatSpan(now - moment(alarm.raised_at))]);
    const known = JSON.stringify([shown, line.what, line.cure, mayWrite(this.rig.user)]);
    if (known === this.#shownAlarms) return;
    this.#shownAlarms = known;
    const fresh = alarms.filter(isNew);
    const parts = shown.map(([alarm, age]) => this.#alarmPart(alarm, age));
    if (!parts.length && line.what && line.tone !== "live") {
      const part = make("div", "", "alarm");
      part.dataset.tone = line.tone;
      part.append(make("b", line.what), make("p", line.cure, "cure"));
      parts.push(part);
    }
    // A button that is being pressed stays the same node.
    const button = this.alarms.querySelector("button") ?? this.#acknowledgeButton();
    button.textContent = mayWrite(this.rig.user) ? "Acknowledge" : "Log in to acknowledge";
    button.hidden = !fresh.length;
    button.alarms = fresh;
    for (const old of this.alarms.querySelectorAll(".alarm")) old.remove();
    this.alarms.prepend(...parts);
    if (!button.parentNode) this.alarms.append(button);
  }

  #alarmPart(alarm, age) {
    const part = make("div", "", "alarm");
    const isOver = alarm.status === "cleared";
    const reason = reasonOfAlarm(alarm, this.rig.channels.get(this.#line.channelKey));
    part.dataset.tone = alarm.hidden_by || alarm.is_shelved ? "dim" : reason.tone;
    const count = alarm.count > 1 ? ` \u00d7${alarm.count}` : "";
    part.append(make("b", `${alarm.title}${count}`), " ", make("span", isOver ? "" : age, "since"), make("p", reason.cure, "cure"));
    const state = isSeen(alarm) ? `seen by ${safe(alarm.acknowledged_by) || "a person"}` : "";
    const shelved = alarm.is_shelved ? `shelved by ${safe(alarm.shelved_by) || "a person"}` : "";
    const hidden = alarm.hidden_by ? `because of: ${problemOf(alarm.hidden_by.cause).title}` : "";
    const note = join([PRIORITIES[alarm.priority], state, shelved, hidden, safe(alarm.note)]);
    if (note !== DASH) part.append(make("p", note, "note"));
    return part;
  }

  #acknowledgeButton() {
    const button = make("button", "", "main");
    button.type = "button";
    button.addEventListener("click", () => this.#acknowledge(button));
    return button;
  }

  async #acknowledge(button) {
    const alarms = button.alarms;
    this.error.textContent = "";
    if (!mayWrite(this.rig.user)) {
      const reason = this.rig.user ? `${this.rig.user.name} may only watch. Acknowledging needs a user who may write.` : "Acknowledging needs a user who may write.";
      const user = await this.login.ask(reason);
      if (!mayWrite(user)) {
        if (user) this.error.textContent = `${user.name} may only watch`;
        return;
      }
    }
    button.disabled = true;
    try {
      await request("POST", "api/v1/alarms/ack", { alarms: alarms.map(keyOf) });
    } catch (error) {
      this.error.textContent = explain(error);
      if (error.status === 401) this.rig.user = null;
    } finally {
      button.disabled = false;
    }
  }

  // Which channels could take over; asked for once, since ranking them is work for the server.
  async #findSpares(line) {
    const [device, number] = splitKey(line.channelKey);
    try {
      const { spares } = await request("GET", `api/v1/channels/${encodeURIComponent(device)}/${number}/spares`);
      if (this.#line?.key === line.key) this.#spares = spares;
    } catch {
      this.#spares = null;
    }
  }

  #showChannel(channel, device, line) {
    const is = (value) => value !== null && value !== undefined;
    const mhz = (khz) => (is(khz) ? `${(khz / 1000).toFixed(3)}\u202fMHz` : DASH);
    const rf = (dbm, percent) => (is(dbm) ? withUnit(dbm, "dBm") : is(percent) ? `${percent}\u202f%` : DASH);
    const isReachable = !OUT_OF_REACH.has(channel.link_state);
    this.#fact("Spare", spareText(this.#spares));
    const link = linkOf(channel.link_state);
    this.#fact("Link", channel.dock ? `${link.name}: ${safe(channel.dock.charger)}, bay ${channel.dock.bay}` : join([link.name, link.meaning], ": "));
    this.#fact("Battery", batteryInFull(channel, this.rig.now()), line.chargeTone);
    this.#fact("RF", isReachable ? join([rfOf(channel).number, channel.antenna && `antenna ${channel.antenna}`]) : DASH, line.rfTone);
    this.#fact("Antenna A", isReachable ? rf(channel.rf_a_dbm, channel.rf_a_percent) : DASH);
    this.#fact("Antenna B", isReachable ? rf(channel.rf_b_dbm, channel.rf_b_percent) : DASH);
    this.#fact("Quality", isReachable ? withUnit(channel.quality_percent, "%") : DASH);
    this.#fact("Audio", isReachable ? withUnit(channel.audio_dbfs, "dBFS") : DASH);
    this.#fact("Frequency", join([mhz(channel.frequency_khz), safe(channel.group_channel)]));
    this.#fact("Pack", join([safe(channel.transmitter_model), safe(channel.transmitter_name), is(channel.transmitter_power_mw) && `${channel.transmitter_power_mw}\u202fmW`]));
    this.#fact("Performer", join([safe(channel.performer), channel.role]));
    this.#fact("Channel", safe(channel.name) || DASH);
    this.#fact("Pack muted", yes(channel.transmitter_muted));
    this.#fact("Output muted", yes(channel.receiver_muted));
    this.#fact("Gain", withUnit(channel.gain_db, "dB"));
    this.#fact("Encryption", channel.encryption ?? DASH);
    // While it is heard this moves on with every reading, and is not sent with each.
    this.#fact("Last heard", line.isOld && channel.observed_at ? `${formatSpan(this.rig.now() - moment(channel.observed_at))} ago` : "");
    this.#showAddress(device);
  }

  #showDevice(device) {
    this.#fact("Model", device.model ?? DASH);
    this.#showAddress(device);
  }

  #showAddress(device) {
    this.#fact("Address", device.host);
    this.#fact("Firmware", safe(device.firmware) || DASH);
    this.#fact("Error", device.error ? explain(device.error) : "", "critical");
  }

  // A fact in its place; an empty one is not shown.
  #fact(name, text, tone = "text") {
    let [label, value] = this.#facts.get(name) ?? [];
    if (!label) {
      [label, value] = [make("dt", name), make("dd")];
      this.#facts.set(name, [label, value]);
      this.list.append(label, value);
    }
    label.hidden = value.hidden = !text;
    if (value.textContent !== text) value.textContent = text;
    value.dataset.tone = tone === "live" ? "text" : tone;
  }
}

const keyOf = ({ cause, device_id, channel, part, location_id }) => ({
  cause,
  device_id,
  channel,
  ...(part ? { part } : {}),
  ...(location_id ? { location_id } : {}),
});

function splitKey(key) {
  const place = key.lastIndexOf("/");
  return [key.slice(0, place), key.slice(place + 1)];
}

function batteryInFull(channel, now) {
  const { battery_minutes: minutes, battery_percent: percent, battery_bars: bars } = channel;
  const is = (value) => value !== null && value !== undefined;
  const charge = join([is(minutes) && `${formatMinutes(minutes)} h`, is(percent) && `${percent}\u202f%`, is(bars) && `${bars} of 5 bars`]);
  if (charge === DASH) return DASH;
  const age = channel.battery_at && isPast(channel) ? now - moment(channel.battery_at) : 0;
  const type = { li_ion: "Li-ion", alkaline: "alkaline", nimh: "NiMH", lithium: "lithium" }[channel.battery_type];
  return join([charge, type, age > 0 && `${formatSpan(age)} ago`]);
}

function spareText(spares) {
  if (spares === null) return "";
  if (!spares.length) return "none";
  const [best] = spares;
  return join([safe(best.name), best.is_ready ? "ready" : "not ready", ...best.reasons.map(safe)]);
}
