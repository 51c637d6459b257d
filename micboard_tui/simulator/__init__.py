"""A stage of devices that speak the real protocols over real sockets, through the same codecs."""
