"""What is true: tables and the rules on them. Knows nothing of Telegram, of texts, or of the clock on the wall."""
