"""The canary: a hidden plan whose date moves every minute, seen from outside, from the door to the webhook."""
