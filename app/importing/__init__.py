"""Communities from elsewhere: read into a dump on disk, rendered by several processes, written thread by thread."""
