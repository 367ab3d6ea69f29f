# A release passes the pinned digest: --build-arg PYTHON_IMAGE=python:3.13-slim-trixie@sha256:...
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# pip stays in this stage: what runs has no package manager of its own.
RUN python -m venv tools && python -m venv --without-pip /opt/counterpoise
COPY requirements.lock requirements-build.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    set -e; \
    locked="install --quiet --no-deps --no-compile --only-binary :all: --require-hashes"; \
    tools/bin/python -m pip $locked -r requirements-build.lock; \
    tools/bin/python -m pip --python /opt/counterpoise/bin/python $locked -r requirements.lock; \
    /opt/counterpoise/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/counterpoise/lib

COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN set -e; \
    tools/bin/python -m pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir dist .; \
    tools/bin/python -m pip --python /opt/counterpoise/bin/python install --quiet --no-deps --no-index --no-compile dist/*.whl; \
    /opt/counterpoise/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/counterpoise/lib/python*/site-packages/counterpoise

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="counterpoise" \
      org.opencontainers.image.description="Keep a crypto portfolio's exposure where its owner wants it, by trading perpetuals only" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/counterpoise/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /opt/counterpoise /opt/counterpoise
# Only this folder is ever written to; a new named volume mounted here takes over its owner and mode.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/counterpoise
WORKDIR /var/lib/counterpoise
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-m", "counterpoise.health"]
ENTRYPOINT ["counterpoise"]
CMD ["run"]
