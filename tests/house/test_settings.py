"""Settings are read once and strictly; an error names the setting and the accepted form."""

from dataclasses import fields
from pathlib import Path

import pytest

from settings import CHECKOUT, Settings
from settings_readers import SettingsError

NOTHING = Path("/nonexistent/.env")


def read(**environ: str) -> Settings:
    return Settings.from_environment(environ, NOTHING)


def test_nothing_set_gives_the_defaults() -> None:
    settings = read()
    assert (settings.host, settings.port) == ("127.0.0.1", 8050)
    assert settings.websocket_metrics_retention_days == 30
    assert settings.enable_metrics_geolocation is True
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"), ("PORT", "80a"), ("PORT", "65536"), ("PORT", "٣"),
        ("ENABLE_METRICS_GEOLOCATION", "ture"), ("WEBSOCKET_METRICS_RETENTION_DAYS", "-1"),
        ("METRICS_RATE_PER_ADDRESS", "nan"), ("METRICS_RATE_PER_ADDRESS", "many"),
        ("DATABASE_URL", "mysql://x"), ("REDIS_URL", "http://x"), ("PUBLIC_URL", "example.com"),
        ("PUBLIC_URL", "https://example.com/admin/x"),
        ("PUBLIC_URL", "https://example.com/a b"), ("PUBLIC_URL", "https://x:99999"),
        ("METRICS_ALLOWED_ORIGINS", "https://a.example,nonsense"), ("SMTP_SECURITY", "ssl"),
        ("TRUSTED_PROXY_HOPS", "yes"), ("HOST", "a\tb"), ("WEB_WORKERS", "65"),
        ("METRICS_TRUSTED_NETWORKS", "10.0.0.1/8"), ("METRICS_LARGEST_WEIGHT", "0"),
        ("METRICS_COUNTRY_HEADER", "CF-IPCountry: BR"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "otel.example.com:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:secret@otel.example.com"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%0ab"),
    ],
)  # fmt: skip
def test_a_wrong_value_stops_with_name_fault_and_accepted_form(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{name: text})
    assert str(caught.value).startswith(f"{name}: ")
    assert "Accepted: " in str(caught.value)


def test_a_fault_never_repeats_a_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        read(DATABASE_URL="mysql://me:hunter2@host/x")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(read(DATABASE_URL="postgresql://me:hunter2@host/x"))


def test_the_headers_of_a_receiver_are_decoded_and_never_repeated() -> None:
    settings = read(
        OTEL_EXPORTER_OTLP_ENDPOINT="https://otel.example.com/otlp/",
        OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20hunter2, x-scope=a=b",
    )
    assert settings.otel_exporter_otlp_endpoint == "https://otel.example.com/otlp"
    assert settings.otel_exporter_otlp_headers == (
        ("Authorization", "Bearer hunter2"), ("x-scope", "a=b"),
    )  # fmt: skip
    assert "hunter2" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        read(OTEL_EXPORTER_OTLP_HEADERS="Bearer hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_public_url_may_have_a_path() -> None:
    settings = read(PUBLIC_URL="https://Example.com:8443/monitor/ws-1/")
    assert settings.public_url == "https://example.com:8443/monitor/ws-1"
    assert settings.public_origin == "https://example.com:8443"
    assert settings.path_prefix == "/monitor/ws-1"
    bare = read(PUBLIC_URL="https://example.com/")
    assert (bare.public_url, bare.path_prefix) == ("https://example.com", "")
    assert read().path_prefix == ""


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=9001\nHOST=0.0.0.0\n")
    settings = Settings.from_environment({"PORT": "9002"}, file)
    assert (settings.port, settings.host) == (9002, "0.0.0.0")


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret\n")
    assert read(METRICS_INGEST_KEY_FILE=str(file)).metrics_ingest_key == "s3cret"
    with pytest.raises(SettingsError, match="both set"):
        read(METRICS_INGEST_KEY_FILE=str(file), METRICS_INGEST_KEY="x")
    with pytest.raises(SettingsError, match="METRICS_INGEST_KEY_FILE"):
        read(METRICS_INGEST_KEY_FILE=str(tmp_path / "missing"))


def test_origins_are_a_list() -> None:
    origins = read(METRICS_ALLOWED_ORIGINS="https://A.example/, http://b.example:81")
    assert origins.metrics_allowed_origins == ("https://a.example", "http://b.example:81")
    assert read(METRICS_ALLOWED_ORIGINS="*").metrics_allowed_origins == ("*",)
    trusted = read(METRICS_TRUSTED_NETWORKS="203.0.113.7, 2001:DB8::/32").metrics_trusted_networks
    assert trusted == ("203.0.113.7/32", "2001:db8::/32")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_usual_name_of_postgresql_is_understood(scheme: str) -> None:
    assert read(DATABASE_URL=f"{scheme}://u@h/d").database_url == "postgresql+psycopg2://u@h/d"


def test_the_example_is_generated_from_the_table() -> None:
    assert (CHECKOUT / ".env.example").read_text() == Settings.example()


def test_the_example_names_every_setting() -> None:
    names = {line[1:].split("=")[0] for line in Settings.example().splitlines() if "=" in line}
    assert names == {spec.name.upper() for spec in fields(Settings)}


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("\n".join(line.lstrip("#") for line in Settings.example().splitlines()
                              if line.startswith("#") and "=" in line))  # fmt: skip
    assert Settings.from_environment({}, file).port == 8050
