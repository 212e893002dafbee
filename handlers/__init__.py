"""What people say and hear: one file a conversation. Understands an update or a tick, calls a rule, says something."""
