"""Asked by every posting command before it writes: publish, hold or refuse."""
