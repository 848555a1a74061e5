"""The drain as its users would write it with other tools: simpler work, no laws, in environments of their own."""
