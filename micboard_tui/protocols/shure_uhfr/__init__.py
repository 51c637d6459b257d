"""Shure UHF-R, the ``* VERB … *`` datagrams of UDP port 2202 (docs/reference/protocols/shure.md 9)."""
