"""Messages go over HTTPS to public names and addresses, and in a rehearsal to this machine too."""

from ipaddress import ip_address

import pytest

from linguapay_core.domain.endpoint import check_url, is_public
from linguapay_core.domain.errors import Invalid

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111"]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - to be refused
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::",
    "3fff:0:1::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
    "ff0e::1",
    "fec0::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_inside_or_a_way_around_is_not(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Invalid, match="no public address"):
        check_url(f"https://{host}/events")


@pytest.mark.parametrize(
    "url",
    [
        "https://lessons.example/events",
        "https://lessons.example",
        "https://LESSONS.example:8443/a/b?c=d",
        "https://93.184.216.34/events",
        "https://[2606:4700::1111]/events",
    ],
)
def test_an_address_of_the_internet_over_https_is_taken_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lessons.example/events",
        "http://lessons.example/events",
        "ftp://lessons.example/",
        "https://",
        "https:///events",
        "https://localhost/events",
        "https://database/events",
        "https://lessons.example:0/",
        "https://lessons.example:99999/",
        "https://lessons.example:port/",
        "https://[::1/",
        "https://somebody@lessons.example/",
        "https://somebody:secret@lessons.example/",
        "https://lessons.example/#part",
        "https://lessons.example/a b",
        "https://lessons.example\\@database/",
        "https://lessons.example/\r\nhost: database",
        "https://żółw.example/",
        f"https://lessons.example/{'a' * 2000}",
    ],
)
def test_anything_else_is_refused_and_the_field_is_named(url: str) -> None:
    for this_machine in (False, True):
        with pytest.raises(Invalid) as invalid:
            check_url(url, this_machine=this_machine and "localhost" not in url)
        assert invalid.value.field == "url"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_rehearsal_may_call_this_machine_and_nobody_else_may(scheme: str, host: str) -> None:
    url = f"{scheme}://{host}:8000/events"
    assert check_url(url, this_machine=True) == url
    with pytest.raises(Invalid):
        check_url(url)


def test_a_rehearsal_calls_no_other_inside_machine() -> None:
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "ftp://localhost/"):
        with pytest.raises(Invalid):
            check_url(url, this_machine=True)
