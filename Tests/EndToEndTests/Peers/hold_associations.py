"""Opens associations at the same time and prints how many were accepted. Usage: hold_associations.py PORT TITLE COUNT"""
import sys

from pynetdicom import AE
from pynetdicom.sop_class import Verification

port, title, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ae = AE(ae_title=title)
ae.add_requested_context(Verification)
associations = [ae.associate("127.0.0.1", port, ae_title="HILUM") for _ in range(count)]
print(sum(association.is_established for association in associations))
for association in associations:
    if association.is_established:
        association.release()
