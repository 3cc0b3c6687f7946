# raygen in one image: the bot, and what its validation needs (bubblewrap, and bytecode for fast starts of Ray).
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 raygen

WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY handlers handlers
COPY services services
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && python -m compileall -q -j 0 /usr/local/lib/python3.11/site-packages || true

USER raygen
ENV RAYGEN_STATE_DIR=/home/raygen/state
VOLUME /home/raygen/state
# Validation makes user namespaces: `docker run --security-opt seccomp=unconfined` or a profile that allows them.
ENTRYPOINT ["raygen"]
CMD ["start"]
