"""The byte stream to a broker: dialling, TLS, the connection on it, and what arrives taken off it early."""
