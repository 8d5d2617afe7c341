"""What questions, answers and comments share: rendering, publishing, editing, taking back, and the state of a thread."""
