"""Playing sound on a device, and taking it back."""
