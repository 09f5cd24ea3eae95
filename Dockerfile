# WebSocket Analytics: everything that scripts/serve starts, as an ordinary user; state is in /data.
# The embedded PostgreSQL serves where DATABASE_URL is not set. compose.yaml has both beside it.
FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin wsmon \
    && install --directory --owner=wsmon --group=wsmon --mode=0700 /data

WORKDIR /opt/websocket-analytics
COPY requirements-metrics.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --requirement requirements-metrics.txt
COPY . ./

ENV PYTHONPATH=/opt/websocket-analytics \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8050 \
    LOG_FORMAT=json
USER wsmon
VOLUME /data
EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/api/ws/health/ready', timeout=4)"]
ENTRYPOINT ["python", "-P", "-m", "scripts.supervisor"]
