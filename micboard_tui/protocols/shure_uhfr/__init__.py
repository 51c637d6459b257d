"""Shure UHF-R, the ``* VERB … *`` datagrams of UDP port 2202 (reference/shure.md 9)."""
