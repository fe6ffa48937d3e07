"""Why something cannot be kept."""


class NotWrittenError(Exception):
    """It may be tried again later; the message says why, for a person."""


class UnusableError(Exception):
    """The file must not be written to; the message says why, and what to do."""
