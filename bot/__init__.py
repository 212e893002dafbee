"""What keeps running: reads and writes the messenger, keeps time, serves the web, is started and configured."""
