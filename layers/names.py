"""地名: by class, the widest areas first; in its own tone what is water, green or a road."""

from layers.style import NEAREST, Name

NAMES = {
    "district": Name(0, ((10, 20), (12, 24), (14, 26)), "map-district", spacing=5, zooms=(0, 15)),
    "island": Name(1, ((10, 15), (14, 18)), zooms=(10, NEAREST)),
    "sea": Name(1, ((10, 17), (14, 20)), "map-water-name", spacing=6),
    "town": Name(2, ((11, 14.5), (14, 18)), "map-name", zooms=(11, 16)),
    "river": Name(3, ((11, 15), (15, 18)), "map-water-name", spacing=4, zooms=(11, NEAREST)),
    "lake": Name(3, ((11, 15), (15, 17)), "map-water-name", zooms=(12, NEAREST)),
    "hill": Name(3, ((11, 15), (15, 17)), "map-green-name", zooms=(12, NEAREST)),
    "park": Name(4, ((13, 14.5), (16, 16)), "map-green-name", zooms=(14, NEAREST)),
    "forest": Name(4, ((13, 14.5), (16, 16)), "map-green-name", zooms=(12.5, NEAREST)),
    "station": Name(4, ((13, 14.5), (16, 16)), "map-building-name", zooms=(14, NEAREST)),
    "place": Name(5, ((13, 14.5), (16, 16)), zooms=(13, NEAREST)),
    "community": Name(5, ((14, 14.5), (17, 17)), "map-name", zooms=(14, NEAREST)),
    "road": Name(6, ((14, 14.5), (16, 15), (18, 17)), "map-road-name", zooms=(14, NEAREST)),
    "*": Name(7, ((15, 14.5), (17, 15)), "map-building-name", zooms=(15, NEAREST)),
}
