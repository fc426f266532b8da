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
CMD ["sh", "-c", "python manage.py prepare && exec python manage.py serve"]
