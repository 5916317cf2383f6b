# One image for every process: API, worker, migrations, seed, smoke test.
# Targets: runtime (last, the default) and dev (writable code, reload).
# Pin the base by digest where a registry is at hand: --build-arg BASE=docker.io/library/python:3.13-slim-trixie@sha256:…
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
WORKDIR /build
RUN python -m venv --without-pip /venv
COPY requirements.lock ./
RUN python -m pip --python /venv/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY pyproject.toml /app/
COPY docs /app/docs
COPY .env.example /app/
COPY migrations /app/migrations
COPY service /app/service
WORKDIR /app
# The hash of this program text, so that no start has to read all of it.
RUN /venv/bin/python -B -c "from service.caching import validators; print(validators.hash_of_text(), end='')" > service/PROGRAM
# Nothing can write byte code later: the root file system is read-only. Unchecked, so that changed file times do not matter.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app/service && chmod -R u=rwX,go=rX /app

FROM ${BASE} AS base
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1
WORKDIR /app
EXPOSE 4000 9100
COPY --from=build /venv /venv

# Code that user 10001 may replace; tar is in the base, so files can be copied into the running container.
FROM base AS dev
COPY --from=build --chown=10001:10001 /app /app
RUN rm /app/service/PROGRAM && find /app -name __pycache__ -prune -exec rm -rf {} + && chown 10001:10001 /app
USER 10001:10001
ENTRYPOINT ["python", "-m", "service"]
CMD ["serve"]

FROM base AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
# The staging gate compares it with the commit of its evidence.
ENV SOURCE_REVISION=${REVISION}
LABEL org.opencontainers.image.title="Jembatan" \
      org.opencontainers.image.description="Job-placement backend: API, worker and maintenance commands" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The base's package managers stay behind; dpkg's list of packages stays, since scanners read it.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/ensurepip \
      /usr/bin/pip* /usr/lib/python3/dist-packages/pip* /usr/lib/python3*/ensurepip /usr/share/python-wheels \
      /usr/bin/apt /usr/bin/apt-* /usr/lib/apt /usr/bin/dpkg /usr/bin/dpkg-*
COPY --from=build /app /app
USER 10001:10001
ENTRYPOINT ["python", "-m", "service"]
CMD ["serve"]
