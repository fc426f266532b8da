# The steps of `make run` in an image. Not tested yet: no container engine was available.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 STATIC_ROOT=/srv/static
WORKDIR /srv/playbook

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN useradd --system playbook && mkdir -p /srv/static /srv/data \
    && chown playbook /srv/static /srv/data
USER playbook

# The SQLite database is in this volume unless DATABASE_URL is set.
ENV DATABASE_URL=sqlite:////srv/data/playbook.sqlite3
VOLUME /srv/data
EXPOSE 8000
# A new container prepares the database first. A proxy in the environment is not asked.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15m --retries=3 \
    CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["sh", "-c", "python manage.py prepare && exec python manage.py serve"]
