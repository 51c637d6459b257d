"""Sennheiser's SSCv2: resources as JSON over HTTPS, changes as server-sent events, without any IO."""
