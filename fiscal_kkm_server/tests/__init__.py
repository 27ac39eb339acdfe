from . import test_form, test_register
