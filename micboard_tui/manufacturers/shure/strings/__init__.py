"""Shure command strings over TCP: receivers from ULX-D to Axient Digital, PSM1000, MXW, chargers."""
