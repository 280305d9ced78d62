"""Is an address with a password in it refused, and an app that is told in two ways?"""

import pytest

from bot.config.app_settings import without_password


@pytest.mark.parametrize("url", ["redis://h", "rediss://redis.example.com:6379/0?ssl_cert_reqs=required"])
def test_an_address_of_a_redis_is_taken_as_it_is(url: str) -> None:
    assert without_password(url) == url


@pytest.mark.parametrize(
    "url", ["", "http://h:1", "redis://", "redis://h:port", "redis://h:99999", "redis://a b"]
)
def test_anything_else_says_how_one_looks(url: str) -> None:
    with pytest.raises(ValueError, match="an address such as rediss://"):
        without_password(url)


@pytest.mark.parametrize(
    "url", ["redis://u:sesame@h:1", "redis://h?password=sesame", "sesame@h", "redis://:sesame@["]
)
def test_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="without user and password") as refused:
        without_password(url)
    assert "sesame" not in str(refused.value)
