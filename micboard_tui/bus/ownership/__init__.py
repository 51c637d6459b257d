"""Which collector holds the session with each device: leases, take-over, balance of load."""
