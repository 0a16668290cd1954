"""Reading and writing map files, geometry and coordinates.

GDAL looks at what a file holds, whatever it is called, and some of its formats only name where the data are:
a file on this machine, a database, an address in the net. Such formats are off before GDAL is loaded, so that
no file handed in fetches anything but itself.
"""

import os

_ELSEWHERE = (
    "OGR_VRT,GDALG,HTTP,WFS,OAPIF,OGCAPI,CSW,EEDA,PLSCENES,Carto,AmigoCloud,NGW,Elasticsearch,ADBC,GPSBabel,"
    "PCIDSK,PDS4,VICAR,OGR_PDS"
)
os.environ["OGR_SKIP"] = _ELSEWHERE
os.environ["GML_DOWNLOAD_SCHEMA"] = "NO"
