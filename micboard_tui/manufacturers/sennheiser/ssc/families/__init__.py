"""The families of devices that speak SSC, one module each: their addresses and what these mean."""

from micboard_tui.manufacturers.sennheiser.ssc.families.chg import CHG_70N, SPEECHLINE_CHARGER
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.families.l6000 import L_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.speechline import MULTI_CHANNEL, RACK

# In this order: the first whose mark has a fitting value is it.
FAMILIES = (EWDX, DIGITAL_6000, MULTI_CHANNEL, RACK, L_6000, CHG_70N, SPEECHLINE_CHARGER)
