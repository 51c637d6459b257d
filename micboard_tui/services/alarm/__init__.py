"""The alarm desk: judges while sessions run, and does what people do about alarms."""
