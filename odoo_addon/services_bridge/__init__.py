from . import delivery, facade, models, outbox
from .hooks import uninstall_hook
