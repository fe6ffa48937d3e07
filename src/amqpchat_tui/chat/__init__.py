"""The state of the chat, without a widget: who spoke, and what concerns the person."""
