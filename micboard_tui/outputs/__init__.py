"""Alarms for other machines: webhook, OSC, MQTT. Each is off until it is set, and none is ever waited for."""
