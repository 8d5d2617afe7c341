"""Sign up, sign in, sessions, one-use links, profile; and texts kept for somebody who was signed out."""
