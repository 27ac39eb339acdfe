from . import fiscal_shtrih_memory
from . import fiscal_register, fiscal_register_by_hand, fiscal_register_find
