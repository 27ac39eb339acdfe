from . import test_form, test_register
from . import test_tours
