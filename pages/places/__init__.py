"""城市数据 `/places`: what the city has and where it falls short, one tab a subject, beside the live map.

How a tab is filled
- Its module is `pages/places/NAME.py` with `layout(lang, principal) -> Component`, built when it is
  opened for the first time and kept from then on, so that a slow tab holds up nobody. Its callbacks are
  `callbacks/places/NAME.py` with `register(app, registrar)`. What is to be filled as soon as the tab
  stands is registered with `prevent_initial_call=False`.
- Ids begin with `NAME-` and are constants of the tab's module (`TABLE = "posts-table"`), each used once.
- Tables come from `pages.places.table`, headings and sentences from `pages.places.parts`, forms from
  dash-mantine-components, in whose theme our colours stand (`pages.places.theme`).
- The map is spoken to through the store `overlay` (`Output(ids.OVERLAY, "data", allow_duplicate=True)`):
  `{"NAME.what": FeatureCollection | None, "fit": [w, s, e, n]}`. Names that are not given stay, None
  takes away. What begins with the name of a tab is seen while that tab is open.
- A feature's `properties.mark` says how it is drawn: `fault gap reach-5 reach-10 reach-15 uncovered
  closed-road preview suspect choropleth heat try`. `title`, `detail` and `facts` (words → value) are
  told when it is pressed; `value` (0..1, None = not known) colours a `choropleth` or `heat`; `label`
  stands on an area that has the room.
- A press on the ground sets the store of `pages.places.parts.ground` in the open tab, if it has one, to
  `{lon, lat, at}` (EPSG:4326, ms), whatever lies there.
"""
