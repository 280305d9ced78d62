from bot.playground.shop.records import FIRST_PATIENT, NAMES, Records


def test_every_patient_can_be_found() -> None:
    records = Records()
    assert [records.patient(FIRST_PATIENT + n) for n in range(len(NAMES))] == records.patients()
    records.close()


def test_a_session_ends_when_its_time_is_over() -> None:
    records = Records()
    records.keep_session("t", "a@example.com", expires_ms=1_000)
    assert records.session("t", now_ms=999) == "a@example.com"
    assert records.session("t", now_ms=1_000) is None
    records.close()


def test_a_closed_database_is_not_connected() -> None:
    records = Records()
    assert records.is_connected()
    records.close()
    assert not records.is_connected()
