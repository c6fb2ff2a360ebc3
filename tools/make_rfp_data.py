"""Make campaigns/data/rfp.xlsx: what two customers ask for, as they sent it. The same bytes on every run.

Usage: python tools/make_rfp_data.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from make_sample_data import write_xlsx

COLUMNS = ("rfp_no", "no", "group", "text", "mandatory")
REQUIREMENTS = (
    ("BW/2026/07", "1.1", "General", "The bidder makes the furniture itself.", "yes"),
    (
        "BW/2026/07",
        "1.2",
        "General",
        "The bidder has furnished at least five offices of this size in the last five years.",
        "yes",
    ),
    ("BW/2026/07", "1.3", "General", "One person speaks for the bidder from order to handover.", "yes"),
    ("BW/2026/07", "1.4", "General", "The bidder works by a certified quality management system.", "no"),
    (
        "BW/2026/07",
        "2.1",
        "Desks and tables",
        "48 desks, 160 × 80 cm, with tops of solid wood from certified forests.",
        "yes",
    ),
    ("BW/2026/07", "2.2", "Desks and tables", "Desks are adjustable in height from 65 to 125 cm, by motor.", "yes"),
    ("BW/2026/07", "2.3", "Desks and tables", "Cables run out of sight from floor to top.", "yes"),
    ("BW/2026/07", "2.4", "Desks and tables", "Two meeting tables for ten, without a leg where anybody sits.", "no"),
    ("BW/2026/07", "2.5", "Desks and tables", "Tops are lacquered.", "yes"),
    ("BW/2026/07", "3.1", "Seating", "48 task chairs to EN 1335, with adjustable arms.", "yes"),
    ("BW/2026/07", "3.2", "Seating", "Covers can be taken off and washed.", "no"),
    ("BW/2026/07", "3.3", "Seating", "Covers bear at least 80,000 rub cycles.", "yes"),
    ("BW/2026/07", "4.1", "Storage", "Twelve bookcases of five shelves, secured to the wall.", "yes"),
    ("BW/2026/07", "4.2", "Storage", "A drawing cabinet for sheets up to A0.", "no"),
    ("BW/2026/07", "5.1", "Delivery", "Furniture is delivered and installed by the bidder’s own staff.", "yes"),
    ("BW/2026/07", "5.2", "Delivery", "Work in the studio goes on: no more than one room is closed at a time.", "yes"),
    ("BW/2026/07", "5.3", "Delivery", "All rooms are ready by 30 April 2027.", "yes"),
    ("BW/2026/07", "5.4", "Delivery", "Packaging is taken back.", "yes"),
    ("BW/2026/07", "6.1", "Service", "Warranty of ten years on all parts.", "yes"),
    ("BW/2026/07", "6.2", "Service", "Spare parts are kept for at least ten years.", "yes"),
    ("BW/2026/07", "6.3", "Service", "Defects are seen to within two working days.", "no"),
    ("BW/2026/07", "6.4", "Service", "The bidder buys furniture back that is no longer needed.", "no"),
    ("2026-B-118", "1.1", "Anbieter", "Der Anbieter fertigt die Möbel selbst.", "ja"),
    ("2026-B-118", "1.2", "Anbieter", "Ein fester Ansprechpartner von der Planung bis zur Übergabe.", "ja"),
    ("2026-B-118", "1.3", "Anbieter", "Zertifiziertes Umweltmanagement.", "nein"),
    ("2026-B-118", "2.1", "Regale", "24 Regale mit fünf Böden, Massivholz, an der Wand gesichert.", "ja"),
    ("2026-B-118", "2.2", "Regale", "Böden ohne Werkzeug in der Höhe verstellbar.", "nein"),
    ("2026-B-118", "2.3", "Regale", "Traglast mindestens 40 kg je Boden.", "ja"),
    ("2026-B-118", "3.1", "Lesesaal", "Vier Tische für je zehn Personen, mit Strom am Platz.", "ja"),
    ("2026-B-118", "3.2", "Lesesaal", "40 Stühle, stapelbar.", "ja"),
    ("2026-B-118", "3.3", "Lesesaal", "Leseleuchten an allen Plätzen.", "nein"),
    ("2026-B-118", "4.1", "Ablauf", "Die Bibliothek bleibt während der Montage geöffnet.", "ja"),
    ("2026-B-118", "4.2", "Ablauf", "Fertigstellung bis 28. Mai 2027.", "ja"),
    ("2026-B-118", "4.3", "Ablauf", "Umzug von 3.000 Büchern.", "nein"),
    ("2026-B-118", "5.1", "Service", "Garantie von zehn Jahren auf Gestelle.", "ja"),
    ("2026-B-118", "5.2", "Service", "Ersatzteile für mindestens zehn Jahre.", "ja"),
)


def main(folder: Path) -> None:
    """Write the workbook."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in REQUIREMENTS]
    write_xlsx(folder / "rfp.xlsx", "Requirements", rows)


if __name__ == "__main__":
    default = Path(__file__).parent.parent / "campaigns" / "data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
