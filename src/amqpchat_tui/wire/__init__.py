"""The wire convention: what is on the wire ⇄ model, and the one place where text is cleaned and limited."""
