"""The site in a worker of `serve`, which ends when the server does, so that none keeps the port."""

from playbook.server.parent import end_with_server
from playbook.server.rsgi import site

__all__ = ["site"]

end_with_server()
