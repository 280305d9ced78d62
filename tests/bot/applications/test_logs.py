"""Are bytes cut into lines as a log has them?"""

from bot.applications.logs import lines_of


def test_the_first_line_of_a_tail_may_be_half_a_line() -> None:
    assert lines_of(b"alf\nwhole\r\n\nlast", is_cut=True) == (b"whole", b"last")
    assert lines_of(b"whole\nlast\n", is_cut=False) == (b"whole", b"last")
    assert lines_of(b"", is_cut=True) == ()
