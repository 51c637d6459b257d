"""Control of devices: what they offer, what a command would do, plans of several, and taking them back."""
