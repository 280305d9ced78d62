import socket

from bot.playground.ports import free_port, is_free


def test_a_port_that_somebody_listens_on_is_taken() -> None:
    port = free_port()
    assert is_free(port)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert not is_free(port)
