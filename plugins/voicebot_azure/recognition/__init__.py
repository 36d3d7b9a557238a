"""Speech to text: the recogniser `azure-stt`."""
