"""`/admin`: what administrators keep: channels, accounts, tokens, the audit."""
