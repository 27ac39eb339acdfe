from . import test_by_hand, test_find, test_register, test_tours
