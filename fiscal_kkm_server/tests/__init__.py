from . import test_accounting, test_browser, test_callback, test_card, test_form, test_register, test_storage
from . import test_hoot, test_tours
