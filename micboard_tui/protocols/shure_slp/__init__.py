"""What Shure devices announce of themselves by SLP multicast: one datagram, one advertisement."""
