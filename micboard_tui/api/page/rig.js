// What the server told: devices, channels, alarms, the show. Knows nothing of the page.

// Of one row of a `meters` message, after device and channel.
const METERS = [
  "rf_dbm", "rf_a_dbm", "rf_b_dbm", "rf_a_percent", "rf_b_percent",
  "audio_dbfs", "audio_peak_dbfs", "quality_percent", "antenna",
];
const CLOCK_STEP_MS = 5000;

export const channelKey = (deviceId, number) => `${deviceId}/${number}`;

export class Rig {
  constructor() {
    this.devices = new Map();
    this.channels = new Map();
    this.alarms = [];
    this.show = null;
    this.reader = null;
    this.user = null;
    this.program = "";
    this.isKnown = false;
    this.#forget();
  }

  #version = null;
  #offset = null;

  // What changed since it was asked last: {layout, alarms, show, channels: keys, meters: keys}.
  takeChanges() {
    const changes = this.changes;
    this.#forget();
    return changes;
  }

  // The server's clock, milliseconds since the epoch.
  now() {
    return Date.now() + (this.#offset ?? 0);
  }

  // Takes a message. False: something is missing, and a snapshot has to be asked for.
  take(message) {
    this.#setClock(message.generated_at ?? message.at);
    switch (message.type) {
      case "hello":
        this.user = message.user;
        this.program = message.program ?? "";
        break;
      case "snapshot":
        this.#takeSnapshot(message);
        break;
      case "changes":
        if (this.isKnown && message.since !== this.#version) return false;
        this.#takeChanges(message);
        break;
      case "meters":
        this.#takeMeters(message.rows);
        break;
      case "alarms":
        this.alarms = message.alarms;
        this.changes.alarms = true;
        break;
      case "show":
        this.show = message.show;
        this.changes.show = true;
        break;
    }
    if (message.version !== undefined) this.#version = message.version;
    return true;
  }

  #forget() {
    this.changes = { layout: false, alarms: false, show: false, channels: new Set(), meters: new Set() };
  }

  // A message arrives late, never early, so the largest difference is the truest; unless a clock was set.
  #setClock(text) {
    const sent = text ? Date.parse(text) : NaN;
    if (Number.isNaN(sent)) return;
    const offset = sent - Date.now();
    if (this.#offset === null || offset > this.#offset || this.#offset - offset > CLOCK_STEP_MS) this.#offset = offset;
  }

  #takeSnapshot(message) {
    this.devices = new Map();
    const channels = new Map();
    for (const { channels: entries, ...device } of message.devices) {
      this.devices.set(device.device_id, device);
      device.count = entries.length;
      for (const entry of entries) {
        const key = channelKey(device.device_id, entry.number);
        channels.set(key, { key, deviceId: device.device_id, ...entry });
      }
    }
    this.channels = channels;
    this.alarms = message.alarms;
    this.show = message.show;
    this.reader = message.read_by;
    this.isKnown = true;
    this.changes.layout = this.changes.alarms = this.changes.show = true;
  }

  #takeChanges(message) {
    for (const entry of message.devices) {
      const device = this.devices.get(entry.device_id);
      if (!device) continue;
      Object.assign(device, entry);
      // One without channels may have a line of its own.
      if (!device.count) this.changes.alarms = true;
      for (let number = 1; number <= device.count; number++) this.changes.channels.add(channelKey(entry.device_id, number));
    }
    for (const entry of message.channels) {
      const key = channelKey(entry.device_id, entry.number);
      const channel = this.channels.get(key);
      if (!channel) continue;
      Object.assign(channel, entry);
      this.changes.channels.add(key);
    }
  }

  #takeMeters(rows) {
    for (const row of rows) {
      const key = channelKey(row[0], row[1]);
      const channel = this.channels.get(key);
      if (!channel) continue;
      METERS.forEach((name, index) => (channel[name] = row[index + 2] ?? null));
      this.changes.meters.add(key);
    }
  }
}
