# Pong as an image: one process, one store file in /data.
#   docker build -t pong .
#   docker run -v pong-data:/data -v ./pong.toml:/etc/pong/pong.toml:ro --env-file pong.env -p 8080:8080 pong
FROM python:3.11-slim-bookworm AS build

WORKDIR /source
COPY requirements requirements
# What builds the wheel comes by the hashes of dev.txt too, and does not reach the image.
RUN awk '/^[a-z]/ { keep = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } keep' \
      requirements/dev.txt > requirements/builder.txt \
 && python -m venv /pong \
 && python -m venv /builder \
 && /pong/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt \
 && /builder/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
      -r requirements/builder.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY commands commands
RUN /builder/bin/pip wheel --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation \
      --wheel-dir /wheels . \
 && /pong/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index /wheels/*.whl

FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin pong \
 && install --directory --owner=pong --group=pong --mode=0700 /data
COPY --from=build /pong /pong
ENV PATH=/pong/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/pong.db
USER pong
WORKDIR /data
VOLUME /data
EXPOSE 8080
# /healthz says that the process lives; whether it can work is /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["pong"]
CMD ["run", "--config", "/etc/pong/pong.toml"]
