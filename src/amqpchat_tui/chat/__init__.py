"""The state of the chat, without a widget: conversations, who speaks, what is unread and for whom to ring."""
