"""Finds Shure devices by what they announce; nothing is sent to hear of them."""
