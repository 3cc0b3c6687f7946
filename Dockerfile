# Three images: `docker build .` makes the bot, `--target lambda-validation` and `--target lambda-snippets` the Lambdas.

# What both Lambdas have: their sources, and Lambda's runtime client. Versions are those of the lock.
FROM python:3.12-slim-bookworm AS lambda
WORKDIR /var/task
COPY requirements-dev.lock pyproject.toml ./
RUN sed -E '/^ *--hash/d; s/ *\\$//' requirements-dev.lock > /tmp/versions \
    && pip install --no-cache-dir -c /tmp/versions awslambdaric pydantic
COPY services services
COPY bot/__init__.py bot/__init__.py
COPY bot/lambdas bot/lambdas
ENTRYPOINT ["python", "-m", "awslambdaric"]

FROM lambda AS lambda-validation
RUN pip install --no-cache-dir -c /tmp/versions aiohttp boto3 packaging \
    && python -m compileall -q /usr/local/lib/python3.12/site-packages bot services || true
CMD ["bot.lambdas.validation.handler"]

FROM lambda AS lambda-snippets
RUN pip install --no-cache-dir -c /tmp/versions pydantic-monty "pyeryx>=0.11,<0.12" \
    && python -m compileall -q /usr/local/lib/python3.12/site-packages bot services || true
CMD ["bot.lambdas.snippets.handler"]

# The bot's virtual environment: the locked packages, and raygen as a wheel.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-build.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && python -m venv --without-pip /opt/raygen \
    && uv pip install --no-cache --python /opt/raygen/bin/python --compile-bytecode --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY services services
RUN hatchling build -t wheel \
    && uv pip install --no-cache --python /opt/raygen/bin/python --compile-bytecode --no-deps dist/*.whl

# The bot, with what its validation needs from the system: bubblewrap, and pasta for the local cluster's network.
FROM python:3.11-slim-bookworm AS bot
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap passt \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 raygen
COPY --from=build /opt/raygen /opt/raygen
ENV PATH=/opt/raygen/bin:$PATH

USER raygen
ENV RAYGEN_STATE_DIR=/home/raygen/state
VOLUME /home/raygen/state
# Validation makes user namespaces: `docker run --security-opt seccomp=unconfined` or a profile that allows them.
ENTRYPOINT ["raygen"]
CMD ["start"]
