# The bot in a container: two stages, so that neither pip's cache nor its tools travel along.
# Build:  docker build -t mentor-bot .
# Run:    docker compose up -d     (see compose.yaml and docs/operator.md)

FROM python:3.13-slim AS packages
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/run.txt /requirements.txt
# Every package is checked against its hash; only wheels, so nothing of a package runs while building.
RUN python -m venv /packages \
    && /packages/bin/pip install --require-hashes --only-binary=:all: -r /requirements.txt

FROM python:3.13-slim
ENV PATH=/packages/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A user of its own with a fixed number, so that the owner of mounted folders can be set from outside.
RUN groupadd --system --gid 10001 bot \
    && useradd --system --uid 10001 --gid bot --home-dir /app --shell /usr/sbin/nologin bot \
    && mkdir -p /app/data \
    && chown bot:bot /app/data \
    && chmod 700 /app/data
WORKDIR /app
COPY --from=packages /packages /packages
# Owned by root: the bot cannot change its own code. The simulator and the tests stay outside.
COPY models ./models
COPY handlers ./handlers
COPY bot ./bot
COPY config.example.toml ./
USER bot
# The database (SQLite), the key file, and backups.
VOLUME /app/data
EXPOSE 8081
# Alive, not ready: to restart the bot does not help where Telegram or the database are away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + (os.environ.get('BOT_WEB__PORT') or '8081') + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "run"]
