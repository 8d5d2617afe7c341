"""Pages for administrators, all under one guarded blueprint."""
