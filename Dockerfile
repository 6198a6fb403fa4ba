# The portal for production: one image, three commands (web, worker, beat).
FROM node:20-bookworm-slim AS front
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY static static
RUN npm run build

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=partenamut.settings.production \
    HOST=0.0.0.0 \
    PORT=8000 \
    PATH=/portal/.venv/bin:$PATH
RUN apt-get update -qq \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 gettext \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /portal portal
WORKDIR /portal
COPY requirements/tools.txt requirements/base.txt requirements/
RUN pip install -q --require-hashes -r requirements/tools.txt \
    && uv venv -q .venv \
    && uv pip sync -q --no-cache --compile-bytecode --require-hashes --python .venv/bin/python requirements/base.txt
COPY . .
COPY --from=front /portal/static/build static/build
RUN for po in locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done \
    && mkdir -p var/media var/static \
    && python scripts/production.py collectstatic --no-input -v 0 \
    && chown -R portal:portal var
USER portal
EXPOSE 8000
CMD ["gunicorn", "partenamut.wsgi:application"]
