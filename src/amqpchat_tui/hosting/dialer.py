"""Hosts the room whenever nobody else does."""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from amqpchat_tui.hosting.listen_address import Place
from amqpchat_tui.model import (
    Arrivals,
    ChatClient,
    ClientListener,
    ConnectionState,
    ConversationId,
    Notice,
    NoticeKind,
    OutboxLine,
    Phase,
)

if TYPE_CHECKING:
    from amqpchat_tui.broker import Host

HOST_PRODUCT = "amqpchat"
"""What a broker calls itself that an amqpchat hosts."""

_log = logging.getLogger(__name__)


class Standby:
    """A client that opens a broker here when nobody listens where it dials; implements `model.ChatClient`.

    The client's own dials tell when it is our turn, so that nothing has to watch the port: a dial is refused,
    we listen, and it is tried again. Of several that try at once one gets the port, and the others join it.
    """

    def __init__(self, client: ChatClient, place: Place, room: str, *, wanted: bool) -> None:
        """`client` dials `place`; unless hosting is `wanted`, it is not done before `host` is called."""
        self._client = client
        self._place = place
        self._room = room
        self._wanted = wanted
        self._listener: ClientListener | None = None
        self._host: Host | None = None
        self._opening: asyncio.Task[None] | None = None
        self._notices: list[Notice] = []
        self._joined = False
        """Whether we have been with somebody else's broker."""
        self._beaten = False
        """Whether somebody else had the port when we wanted it."""
        self._complained = False

    def host(self) -> None:
        """Host the room from now on, unless somebody else does."""
        self._wanted = True
        self._client.reconnect()

    # model.ChatClient

    @property
    def state(self) -> ConnectionState:
        """The connection as it is now."""
        return self._marked(self._client.state)

    @property
    def nick(self) -> str:
        """The name under which lines are sent from now on."""
        return self._client.nick

    @property
    def conversations(self) -> Sequence[ConversationId]:
        """Where one can talk."""
        return self._client.conversations

    def outbox(self, conversation: ConversationId) -> Sequence[OutboxLine]:
        """The typed lines that have not come back, oldest first."""
        return self._client.outbox(conversation)

    @property
    def lag(self) -> float | None:
        """Seconds from publishing our latest line to its echo; None before the first one."""
        return self._client.lag

    def start(self, listener: ClientListener) -> None:
        """Begin to connect."""
        self._listener = listener
        self._client.start(self)

    def say(self, conversation: ConversationId, body: str) -> None:
        """Put a line into the outbox."""
        self._client.say(conversation, body)

    def resend(self, conversation: ConversationId, message_id: str) -> None:
        """Queue a failed line again."""
        self._client.resend(conversation, message_id)

    def withdraw(
        self, conversation: ConversationId, message_id: str, *, for_editing: bool = False
    ) -> OutboxLine | None:
        """Take a line out of the outbox and return it, unless it is under way."""
        return self._client.withdraw(conversation, message_id, for_editing=for_editing)

    def rename(self, nick: str) -> None:
        """Send later lines under another name."""
        self._client.rename(nick)

    def reconnect(self) -> None:
        """Dial at once."""
        self._client.reconnect()

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        """Take what has arrived."""
        notices, self._notices = self._notices, []
        arrived = self._client.drain(conversation, most)
        return replace(arrived, entries=[*notices, *arrived.entries])

    async def close(self) -> None:
        """Leave the room, and only when our own lines are out close it."""
        self._wanted = False
        if self._opening is not None:
            await asyncio.wait({self._opening})
        await self._client.close()
        if self._host is not None:
            await self._host.close()

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        """Take our turn when nobody listens; else pass the state on."""
        if self._wanted and self._host is None:
            if state.nobody_listens:
                if self._opening is None or self._opening.done():
                    self._opening = asyncio.create_task(self._open(state))
                    self._opening.add_done_callback(self._tell_of_crash)
                return
            self._look_around(state)
        self._pass_on(state)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Pass it on."""
        if self._listener is not None:
            self._listener.outbox_changed(conversation)

    def entries_arrived(self, conversation: ConversationId) -> None:
        """Pass it on."""
        if self._listener is not None:
            self._listener.entries_arrived(conversation)

    # Hosting

    async def _open(self, refused: ConnectionState) -> None:
        host_class = await asyncio.to_thread(_import_host)
        if not self._wanted:  # we are leaving
            return
        address = self._place.address
        host = host_class(address.host, address.port, users={address.user: address.password.reveal()})
        try:
            await host.start()
        except OSError as error:
            # Who was quicker than we listens by the next dial; if not, the port is kept for something else.
            if error.errno != errno.EADDRINUSE or self._beaten:
                reason = self._place.explain(error)
                self._complain(f"{reason[0].upper()}{reason[1:]}.")
            self._beaten = True
            self._pass_on(refused)
            return
        self._host = host
        self._tell(self._announcement())
        self._client.reconnect()

    def _tell_of_crash(self, opening: asyncio.Task[None]) -> None:
        if not opening.cancelled() and (crash := opening.exception()) is not None:
            _log.error("the room could not be opened", exc_info=crash)
            self._wanted = False
            self._complain("An error inside amqpchat; its log has the details.")
            self._client.reconnect()

    def _look_around(self, state: ConnectionState) -> None:
        """Say who is there, or that it is nobody whose room we could join."""
        if state.phase is Phase.ONLINE:
            self._beaten = False
            if not self._joined:
                self._joined = True
                self._tell_of_other(state)
        elif not self._joined and (state.phase is Phase.REFUSED or state.retry_at):
            self._complain("Name another place for it with --listen HOST:PORT.")

    def _tell_of_other(self, state: ConnectionState) -> None:
        if state.product == HOST_PRODUCT:
            self._tell(
                f"The room is hosted on {state.broker} already. When its host leaves, it goes on here."
            )
        else:  # it may come back, and then needs its port
            self._wanted = False
            self._tell(f"{state.product or 'A broker'} runs on {state.broker} already: the room is there.")

    def _announcement(self) -> str:
        place = self._place
        if self._joined:
            return f"The host has left. You host the room now, on {place.address.label}."
        if place.address.loopback:
            how = "in memory only. Others on this machine join with"
            command = place.standby_command(self._room)
        else:
            how = "in memory only and not encrypted. Others join with"
            command = place.join_command(self._room)
        given = ", with AMQPCHAT_PASSWORD set as here" if place.password_given else ""
        return f"You host the room on {place.address.label}, {how}: {command}{given}"

    def _complain(self, text: str) -> None:
        if not self._complained:
            self._complained = True
            self._tell(f"No room is hosted here. {text}", NoticeKind.ERROR)

    def _tell(self, text: str, kind: NoticeKind = NoticeKind.INFO) -> None:
        self._notices.append(Notice(text, time.time(), kind))
        self.entries_arrived(self._client.conversations[0])

    def _pass_on(self, state: ConnectionState) -> None:
        if self._listener is not None:
            self._listener.connection_changed(self._marked(state))

    def _marked(self, state: ConnectionState) -> ConnectionState:
        return state if self._host is None else replace(state, hosting=True)


def _import_host() -> type[Host]:
    """Import the broker, in a thread: the screen answers keys meanwhile."""
    from amqpchat_tui.broker import Host

    return Host
