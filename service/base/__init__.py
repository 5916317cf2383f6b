"""What does every process of ours stand on? Settings, clock, logs, metrics and the version."""
