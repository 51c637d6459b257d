// After device and channel.
const METERS = ["rf_dbm", "rf_a_dbm", "rf_b_dbm", "rf_a_percent", "rf_b_percent", "audio_dbfs", "audio_peak_dbfs", "quality_percent", "antenna"];
const CLOCK_STEP_MS = 5000;

export const range = (count) => Array.from({ length: count }, (_, index) => index + 1);

export const channelKey = (deviceId, number) => `${deviceId}/${number}`;

export class Rig {
	devices = new Map();
	channels = new Map();
	locations = new Map();
	alarms = [];
	show = null;
	reader = null;
	user = null;
	program = "";
	isKnown = false;
	#version = null;
	#offset = null;
	#changes = noChanges();

	takeChanges() {
		const changes = this.#changes;
		this.#changes = noChanges();
		return changes;
	}

	// The server's clock.
	now() {
		return Date.now() + (this.#offset ?? 0);
	}

	// False: a snapshot has to be asked for.
	take(message) {
		this.#setClock(Date.parse(message.generated_at ?? message.at));
		const { type, version } = message;
		if (type === "changes" && this.isKnown && message.since !== this.#version) return false;
		if (type === "hello") Object.assign(this, { user: message.user, program: message.program ?? "" });
		else if (type === "snapshot") this.#takeSnapshot(message);
		else if (type === "changes") this.#takeChanges(message);
		else if (type === "meters") this.#takeMeters(message.rows);
		else if (["alarms", "show", "lost"].includes(type)) {
			this[type] = message[type];
			this.#changes[type] = true;
		}
		if (version !== undefined) this.#version = version;
		return true;
	}

	isWithin(locationId, other) {
		return this.locations.get(locationId)?.within.includes(other);
	}

	// A message is late, never early: the largest difference is the truest, unless a clock was set.
	#setClock(sent) {
		if (Number.isNaN(sent)) return;
		const offset = sent - Date.now();
		if (this.#offset === null || offset > this.#offset || this.#offset - offset > CLOCK_STEP_MS) this.#offset = offset;
	}

	#takeSnapshot({ devices, locations, alarms, show, read_by: reader, lost }) {
		const channels = devices.flatMap(({ device_id: deviceId, channels }) => channels.map((entry) => ({ key: channelKey(deviceId, entry.number), deviceId, ...entry })));
		this.devices = new Map(devices.map(({ channels, ...device }) => [device.device_id, { ...device, count: channels.length }]));
		this.channels = new Map(channels.map((channel) => [channel.key, channel]));
		this.locations = new Map(locations.map((location) => [location.location_id, location]));
		Object.assign(this, { alarms, show, reader, lost, isKnown: true });
		Object.assign(this.#changes, { layout: true, alarms: true, show: true });
	}

	#takeChanges(message) {
		for (const entry of message.devices) {
			const device = this.devices.get(entry.device_id);
			if (!device) continue;
			Object.assign(device, entry);
			// One without channels may have a line of its own.
			if (!device.count) this.#changes.alarms = true;
			for (const number of range(device.count)) this.#changes.channels.add(channelKey(entry.device_id, number));
		}
		for (const entry of message.channels) {
			const channel = this.channels.get(channelKey(entry.device_id, entry.number));
			if (!channel) continue;
			Object.assign(channel, entry);
			this.#changes.channels.add(channel.key);
		}
	}

	#takeMeters(rows) {
		for (const [deviceId, number, ...values] of rows) {
			const channel = this.channels.get(channelKey(deviceId, number));
			if (!channel) continue;
			METERS.forEach((name, index) => (channel[name] = values[index] ?? null));
			this.#changes.meters.add(channel.key);
		}
	}
}

const noChanges = () => ({ layout: false, alarms: false, show: false, channels: new Set(), meters: new Set() });
