"""Advertisements of Shure devices by SLP multicast: one datagram, one advertisement."""
