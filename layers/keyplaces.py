"""重点场所: schools, hospitals, fire stations, markets …"""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="keyplaces",
    source="points",
    tiles="keyplaces",
    by="category",
    zooms=(13.5, NEAREST),
    switch=True,
    shown=False,
    styles={"hospital": Style(icon="hospital"), "school": Style(icon="school"), "*": Style(icon="keyplace")},
    legend=("icon:keyplace", "icon:hospital", "icon:school"),
    facts=("category", "owner", "phone"),
)
