"""What holds for all tests."""

import os
import time

from hypothesis import settings

# A busy machine is slow now and then; that is no reason to fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Screens show the time of day where they are.
os.environ["TZ"] = "UTC"
time.tzset()

# No test may look into, or write to, the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
