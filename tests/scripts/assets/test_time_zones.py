"""The finder's list of time zones is that of the installed IANA data."""

from zoneinfo import ZoneInfo

from scripts.assets.time_zones import TARGET, entries, iana_folder, text


def test_the_list_is_that_of_the_installed_iana_data() -> None:
    """Written anew by `./scripts/python -m scripts.assets.time_zones` after `tzdata` is renewed."""
    assert TARGET.read_text(encoding="utf-8") == text(entries(iana_folder()))


def test_every_name_is_a_zone_and_old_names_lead_to_the_new() -> None:
    zones = entries(iana_folder())
    for name, _, aliases in zones:
        assert all(ZoneInfo(each).key == each for each in (name, *aliases))
    by_alias = {alias: name for name, _, aliases in zones for alias in aliases}
    old = ("Asia/Calcutta", "Asia/Katmandu", "Europe/Kiev")
    assert [by_alias[alias] for alias in old] == ["Asia/Kolkata", "Asia/Kathmandu", "Europe/Kyiv"]
    assert next(zone for zone in zones if zone[0] == "Europe/Berlin")[1][0] == "Germany"
