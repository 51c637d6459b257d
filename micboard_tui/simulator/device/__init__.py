"""What every simulated device has, whatever protocol it speaks: its contract, its faults, its band."""
