"""The site in a worker of `serve`, which ends when the server does, so that none keeps the port."""

from playbook.server.memory import share_arenas
from playbook.server.parent import end_with_server
from playbook.server.rsgi import site

__all__ = ["site"]

share_arenas()
end_with_server()
