"""Conversations come and go, are shown and left, and what is known of them outlives the session."""

import gc
import weakref

from amqpchat_tui.chat.keeping import KEEP_SECONDS
from amqpchat_tui.chat.listing import News
from amqpchat_tui.model import ConversationId, KeptConversation, Level, Membership, Notice, NoticeKind
from tests.support.fake_client import message

from .support import ALARMS, BROKERS, DEV, LAB, OPS, MemoryStore, Screen, last_read, line


def numbers(screen: Screen) -> dict[str, int]:
    return {label: listed.number for label, listed in screen.listing.items()}


def shown(screen: Screen) -> list[str]:
    return [label for label, listed in screen.listing.items() if listed.shown]


# -- joining and leaving ----------------------------------------------------------------------------


def test_who_joins_has_another_conversation_and_stays_where_they_are() -> None:
    screen = Screen(OPS)
    screen.session.join(LAB)
    assert screen.client.conversations == (OPS, LAB)
    assert (numbers(screen), shown(screen)) == ({"ops": 1, "lab": 2}, ["ops"])
    screen.client.hear(message("bob", "in lab"), to=LAB)
    screen.wait()
    assert screen.listing["lab"].unread == 1


def test_who_joins_again_where_the_broker_refused_has_it_tried_again() -> None:
    screen = Screen(OPS, LAB)
    screen.client.become_room(LAB, Membership.REFUSED, "no permission")
    assert screen.listing["lab"].problem == "no permission"
    screen.session.join(LAB)
    assert screen.client.room_state(LAB).membership is Membership.JOINING
    screen.client.become_room(LAB, Membership.JOINED)
    assert (numbers(screen), screen.listing["lab"].problem) == ({"ops": 1, "lab": 2}, "")


def test_who_leaves_what_is_shown_sees_the_one_before_and_its_lines_are_read() -> None:
    screen = Screen(OPS, LAB, DEV)
    screen.session.show(DEV)
    screen.client.hear(line(), to=OPS)
    screen.client.hear(line(), to=DEV)
    screen.session.leave(DEV)
    assert screen.client.conversations == (OPS, LAB)
    assert screen.client.first == OPS
    assert (numbers(screen), shown(screen)) == ({"ops": 1, "lab": 2}, ["ops"])
    screen.wait()
    assert screen.listing["ops"].unread == 0


def test_what_still_waits_in_a_conversation_that_is_left_is_nobody_s() -> None:
    screen = Screen(OPS, LAB)
    screen.client.hear(line(), to=LAB)
    screen.session.leave(LAB)
    screen.session.leave(LAB)
    screen.session.show(LAB)
    screen.session.tell("about lab", NoticeKind.INFO, LAB)
    screen.wait()
    assert shown(screen) == ["ops"]
    assert [entry.text for entry in screen.session.shown.scrollback if isinstance(entry, Notice)] == [
        "about lab"
    ]


def test_the_last_one_is_not_left() -> None:
    screen = Screen(OPS)
    screen.session.leave(OPS)
    assert (screen.client.conversations, shown(screen)) == ((OPS,), ["ops"])


def test_what_was_left_takes_no_memory_any_more() -> None:
    screen = Screen(OPS, LAB)
    screen.client.hear(line(), to=LAB)
    screen.wait()
    screen.session.show(LAB)
    scrollback = weakref.ref(screen.session.conversations[LAB].scrollback)
    screen.changes.clear()
    gc.disable()  # as it is while messages pour in
    try:
        screen.session.leave(LAB)
        assert scrollback() is None
    finally:
        gc.enable()


def test_a_conversation_that_is_shown_is_entered_first() -> None:
    screen = Screen(OPS, LAB, DEV)
    screen.session.show(DEV)
    assert screen.client.first == DEV


def test_what_was_read_before_a_switch_has_a_line_below_it() -> None:
    screen = Screen(OPS, LAB)
    screen.client.hear(message("bob", "read"))
    screen.wait()
    screen.session.show(LAB)
    screen.client.hear(message("bob", "unread"))
    screen.wait()
    assert last_read(screen, OPS) == ["read"]


def test_notices_about_the_connection_stand_in_what_is_shown_and_gaps_in_their_own() -> None:
    screen = Screen(OPS, LAB)
    screen.session.show(LAB)
    screen.session.tell("connected again")
    screen.client.hear(Notice("nothing heard for 3 s", 1.0, NoticeKind.GAP), to=OPS)
    screen.wait()

    def notices(identity: ConversationId) -> list[str]:
        scrollback = screen.session.conversations[identity].scrollback
        return [entry.text for entry in scrollback if isinstance(entry, Notice)]

    assert (notices(OPS), notices(LAB)) == (["nothing heard for 3 s"], ["connected again"])
    assert [listed.news for listed in screen.session.listing()] == [News.NOTHING, News.NOTHING]


# -- what was kept ----------------------------------------------------------------------------------


def test_kept_numbers_win_and_what_was_joined_is_joined_again() -> None:
    screen = Screen(OPS, LAB)
    screen.session.restore(
        BROKERS,
        [
            KeptConversation(DEV, 1, joined=True, draft="half a line", level=Level.MENTIONS),
            KeptConversation(LAB, 5, joined=False),
            KeptConversation(ConversationId.room("gone"), 2, joined=False),
            KeptConversation(ALARMS, 5, joined=True),
        ],
    )
    assert numbers(screen) == {"dev": 1, "ops": 2, "=amq.topic alarm.#": 3, "lab": 5}
    assert shown(screen) == ["ops"]
    assert set(screen.client.conversations) == {OPS, LAB, DEV, ALARMS}
    dev = screen.listing["dev"]
    assert (dev.has_draft, dev.muted, dev.unread, dev.news) == (True, True, 0, News.NOTHING)


def test_what_is_known_of_a_room_that_was_not_joined_counts_when_it_is() -> None:
    screen = Screen(OPS)
    gone = KeptConversation(DEV, 7, joined=False, draft="half a line")
    screen.session.restore(BROKERS, [gone, KeptConversation(LAB, 1, joined=False, draft="another")])
    screen.session.join(DEV)
    screen.session.join(LAB)
    assert numbers(screen) == {"ops": 1, "lab": 2, "dev": 7}
    assert (screen.listing["dev"].has_draft, screen.listing["lab"].has_draft) == (True, True)
    screen.session.conversations[DEV].draft = ""
    screen.session.leave(DEV)
    screen.session.join(DEV)
    assert (numbers(screen)["dev"], screen.listing["dev"].has_draft) == (3, False), "it was forgotten"


def test_of_what_is_left_with_a_draft_that_alone_is_kept_and_found_again() -> None:
    store = MemoryStore()
    screen = Screen(OPS, LAB, store=store)
    screen.session.restore(BROKERS, [])
    screen.session.set_level(LAB, Level.NONE)
    screen.session.conversations[LAB].draft = "half a line"
    screen.session.leave(LAB)
    assert store.kept[LAB] == KeptConversation(LAB, 2, joined=False, draft="half a line")
    screen.session.join(DEV)
    screen.session.join(LAB)
    assert numbers(screen) == {"ops": 1, "dev": 2, "lab": 3}
    assert store.kept[LAB] == KeptConversation(LAB, 3, joined=True, draft="half a line")


def test_nothing_is_kept_before_it_is_known_what_was() -> None:
    store = MemoryStore(KeptConversation(LAB, 4, joined=True, draft="precious"))
    screen = Screen(OPS, LAB, store=store)
    screen.session.show(LAB)
    screen.session.set_level(LAB, Level.NONE)
    screen.session.join(DEV)
    screen.session.leave(OPS)
    screen.client.hear(line(), to=LAB)
    screen.wait(10 * KEEP_SECONDS)
    screen.session.keep()
    assert store.times == []
    screen.session.restore(BROKERS, list(store.kept.values()))
    assert store.kept == {
        LAB: KeptConversation(LAB, 4, True, "precious", Level.NONE, None, None, 1.0),
        DEV: KeptConversation(DEV, 3, True),
    }


def test_each_change_is_kept() -> None:
    store = MemoryStore()
    screen = Screen(OPS, LAB, store=store)
    screen.session.restore(BROKERS, [])
    kept = {OPS: KeptConversation(OPS, 1, False), LAB: KeptConversation(LAB, 2, False)}
    assert store.kept == kept
    screen.session.join(DEV)
    screen.session.set_level(LAB, Level.MENTIONS, until=99.0)
    screen.session.shown.draft = "in ops"
    screen.session.show(DEV)
    kept[OPS] = KeptConversation(OPS, 1, False, "in ops")
    kept[LAB] = KeptConversation(LAB, 2, False, "", Level.MENTIONS, 99.0)
    kept[DEV] = KeptConversation(DEV, 3, True)
    assert store.kept == kept
    screen.session.leave(LAB)
    del kept[LAB]
    assert store.kept == kept
    screen.session.shown.draft = "in dev"
    screen.session.keep()
    assert store.kept[DEV].draft == "in dev"


def test_a_draft_that_was_sent_is_not_kept() -> None:
    store = MemoryStore()
    screen = Screen(OPS, LAB, store=store)
    screen.session.restore(BROKERS, [])
    screen.session.shown.draft = "a line"
    screen.session.keep()
    screen.session.say(LAB, "elsewhere")
    assert store.kept[OPS].draft == "a line"
    screen.session.say(OPS, "a line")
    assert store.kept[OPS].draft == ""


def test_read_marks_are_kept_no_more_often_than_is_worth_it() -> None:
    store = MemoryStore()
    screen = Screen(OPS, LAB, store=store)
    screen.session.restore(BROKERS, [])
    screen.client.hear(line(), to=LAB)
    screen.wait()
    screen.session.reading.mark(screen.session.conversations[LAB])
    screen.wait()
    store.times.clear()
    for number in range(100):
        screen.client.hear(message("bob", "x", at=float(number), message_id=str(number)))
        screen.wait(KEEP_SECONDS / 20)
    assert 4 <= len(store.times) <= 7
    assert LAB not in store.times
    screen.session.keep()
    assert (store.kept[OPS].read_id, store.kept[OPS].read_at) == ("99", 99.0)


def test_what_was_left_is_not_kept_again_as_it_was_read_before() -> None:
    store = MemoryStore()
    screen = Screen(OPS, LAB, store=store)
    screen.session.restore(BROKERS, [])
    for identity in OPS, LAB:
        screen.session.reading.mark(screen.session.conversations[identity])
    screen.session.leave(LAB)
    screen.wait(10 * KEEP_SECONDS)
    assert list(store.kept) == [OPS]


def test_what_was_joined_at_other_brokers_is_left_there() -> None:
    store = MemoryStore()
    screen = Screen(OPS, store=store)
    screen.session.restore(BROKERS, [KeptConversation(LAB, 2, True), KeptConversation(ALARMS, 3, True)])
    screen.session.show(ALARMS)
    store.kept.clear()
    screen.session.restore(BROKERS, [KeptConversation(DEV, 2, True)])
    assert set(screen.client.conversations) == {OPS, ALARMS, DEV}
    assert LAB not in store.kept


def test_at_other_brokers_other_things_are_known() -> None:
    store = MemoryStore()
    screen = Screen(OPS, store=store)
    screen.session.restore(BROKERS, [])
    screen.session.shown.draft = "draft"
    screen.session.restore(
        BROKERS, [KeptConversation(OPS, 3, False, "another"), KeptConversation(LAB, 1, True)]
    )
    assert numbers(screen) == {"lab": 1, "ops": 3}
    assert store.kept[OPS].draft == "draft"
