"""Shure's devices beside the usual receivers: in-ears, access points, chargers, UHF-R."""
