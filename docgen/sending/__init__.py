"""Floor 1, rules: when a message may go, and what a server's answer means. Pure: time and chance are passed in."""
