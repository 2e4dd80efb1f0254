"""What is set: every variable that LinguaPay reads, what follows from it, and what refuses to start."""

from linguapay_adapters.settings.reading import IN_FILES as IN_FILES
from linguapay_adapters.settings.reading import KNOWN as KNOWN
from linguapay_adapters.settings.reading import read_settings as read_settings
from linguapay_adapters.settings.settings import SHORTEST_SECRET as SHORTEST_SECRET
from linguapay_adapters.settings.settings import Settings as Settings
from linguapay_adapters.settings.telling import Setting as Setting
from linguapay_adapters.settings.telling import tell_settings as tell_settings
