"""What holds for all tests."""

from hypothesis import settings

# A busy machine is slow now and then; that is no reason to fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
