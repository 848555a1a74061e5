"""Takes what departments say, checks that they may say it, and puts it on the log."""
