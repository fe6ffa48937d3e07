"""Of several programs that see the same lines, one has each in the log, whoever is quicker."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.storage.sightings import MAX_IDS, WINDOW_MILLISECONDS, Sighting, Sightings


def seen(text: str, at: int = 0, message_id: str | None = None, conversation: int = 1) -> Sighting:
    return Sighting(conversation, message_id, "bob", 0, text, at)


class Log:
    """What programs have written, each in a transaction of its own."""

    def __init__(self, programs: int) -> None:
        self.lines: list[Sighting] = []
        self.programs = [Sightings(0) for _ in range(programs)]
        self.known = [0] * programs

    def write(self, program: int, lines: list[Sighting], *, fails: bool = False) -> None:
        sightings = self.programs[program].copy()
        sightings.note(self.lines[self.known[program] :])
        fresh = [lines[place] for place in sightings.sift(lines)]
        if not fails:
            self.lines += fresh
            self.programs[program], self.known[program] = sightings, len(self.lines)


LINES = st.lists(st.tuples(st.sampled_from(["ok", "yes", "no"]), st.booleans()), max_size=30)


@given(LINES, st.integers(1, 3), st.data())
def test_each_line_is_logged_once_in_whatever_portions(
    lines: list[tuple[str, bool]], programs: int, data: st.DataObject
) -> None:
    said = [
        seen(text, at=number, message_id=str(number) if has_id else None)
        for number, (text, has_id) in enumerate(lines)
    ]
    log, done = Log(programs), [0] * programs
    while min(done) < len(said):
        program = data.draw(st.sampled_from([one for one in range(programs) if done[one] < len(said)]))
        end = data.draw(st.integers(done[program] + 1, len(said)))
        portion = [
            replace(line, received_at=line.received_at + program) for line in said[done[program] : end]
        ]
        if data.draw(st.booleans()):
            log.write(program, portion, fails=True)
        log.write(program, portion)
        done[program] = end
    assert sorted(line.text for line in log.lines) == sorted(line.text for line in said)


def test_what_is_said_again_while_the_others_are_gone_is_logged_by_who_is_left() -> None:
    log = Log(2)
    log.write(0, [seen("ok", 1), seen("ok", 2)])
    log.write(1, [seen("ok", 1), seen("ok", 2)])
    log.write(1, [seen("ok", 3)])
    assert len(log.lines) == 3


def test_what_was_heard_long_ago_by_others_alone_is_another_line() -> None:
    log = Log(2)
    log.write(0, [seen("ok", 1)])
    log.write(1, [seen("ok", 2 + WINDOW_MILLISECONDS)])
    assert len(log.lines) == 2


def test_what_others_have_heard_before_a_program_began_is_another_line() -> None:
    log = Log(2)
    log.programs[1] = Sightings(10)
    log.write(0, [seen("ok", 9)])
    log.write(1, [seen("ok", 11)])
    assert len(log.lines) == 2


def test_the_same_id_elsewhere_is_another_line() -> None:
    log = Log(1)
    log.write(0, [seen("ok", message_id="1"), seen("ok", message_id="1", conversation=2)])
    log.write(0, [seen("changed", message_id="1")])
    assert [line.conversation for line in log.lines] == [1, 2]


def test_only_so_many_ids_are_remembered() -> None:
    sightings = Sightings(0)
    many = [seen("ok", message_id=str(number)) for number in range(MAX_IDS + 1)]
    assert len(sightings.sift(many)) == len(many)
    assert sightings.sift([many[0], many[-1]]) == [0]
