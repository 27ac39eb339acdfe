from . import test_account, test_chains, test_register, test_webhook
from . import test_tours
