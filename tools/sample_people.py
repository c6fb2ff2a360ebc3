"""The invented people and products behind `make_sample_data.py`. None of them exists; all e-mail is example.* or .test.

A customer is: name | contact | mr, ms or nothing | the name as a greeting says it | street | postcode | city | region.
The greeting's form differs by language: Lithuanian has the vocative, Latvian the genitive before "kungs".
"""

# ruff: noqa: E501 - a customer is one row

from __future__ import annotations

CUSTOMERS = {
    ("LT", "lt"): """
Vėjo malūno kavinė, MB | Ąžuolas Čepulis | mr | Čepuli | Malūno g. 7 | 03214 | Vilnius |
UAB „Žalioji lentyna“ | Eglė Kazlauskienė | ms | Kazlauskiene | Knygų skg. 21-4 | 44287 | Kaunas |
Pajūrio architektai, UAB | Šarūnas Bružas | mr | Bružai | Kopų al. 3 | 91104 | Klaipėda |
VšĮ „Trijų upių mokykla“ | Jūratė Žukauskaitė | ms | Žukauskaite | Lieptelio g. 15 | 48219 | Kaunas |
Notarų biuras „Ūkas ir partneriai“ | Gediminas Ūkas | mr | Ūkai | Antspaudo g. 2 | 01131 | Vilnius |
Įlankos bibliotekų draugija | Rasa Įdomienė | ms | Įdomiene | Švyturio g. 40 | 93121 | Neringa |
Aukštaitijos linų fabrikas, AB | Vytautas Šimkūnas | mr | Šimkūnai | Linų g. 118 | 35241 | Panevėžys |
Dantų klinika „Šypsena“ | | | | Sveikatos g. 9 | 76238 | Šiauliai |
Genovaitė Ąžuolienė | Genovaitė Ąžuolienė | ms | Ąžuoliene | Obelų g. 3 | 68114 | Marijampolė |
UAB „Dzūkijos miškai ir lentos“ | Mindaugas Grybas | mr | Grybai | Pušyno kelias 55 | 65211 | Varėna |
Kūrybos dirbtuvės „Ėriukas“, MB | Ieva Ėringytė | ms | Ėringyte | Vilnos g. 12A | 02159 | Vilnius |
Senamiesčio odontologai, UAB | Tomas Vaičiūnas | mr | Vaičiūnai | Skliauto g. 6-2 | 01128 | Vilnius |
Žemaitijos pieno kooperatyvas | Birutė Stonkutė | ms | Stonkute | Pievų g. 88 | 87102 | Telšiai |
Čiurlenimo muzikos namai | Andrius Čiurlys | mr | Čiurly | Natų g. 5 | 44301 | Kaunas |
Pranas Šlapelis | Pranas Šlapelis | mr | Šlapeli | Ežero g. 27 | 33114 | Molėtai |
Buhalterinės apskaitos ir konsultacijų uždaroji akcinė bendrovė „Ilgasis skaičius ir dukterys“ | Živilė Ilgūnaitė-Petrauskienė | ms | Ilgūnaite-Petrauskiene | Didžiosios Sąskaitos g. 100-25 | 08412 | Vilnius |
""",
    ("LV", "lv"): """
SIA „Dzintara krasts“ | Ilze Bērziņa | ms | Bērziņas | Kāpu iela 14 | LV-1010 | Rīga |
Grāmatnīca „Pūces acs“ | Jānis Ķirsis | mr | Ķirša | Lapu iela 3 | LV-1050 | Rīga |
SIA „Ģimenes zobārsts“ | Aija Ģērmane | ms | Ģērmanes | Veselības iela 22 | LV-3401 | Liepāja |
Rundulēnu skola | Mārtiņš Šķēle | mr | Šķēles | Skolas iela 1 | LV-3921 | Rundulēni |
Ņina Žagata | Ņina Žagata | ms | Žagatas | Ceriņu iela 9-12 | LV-5401 | Daugavpils |
SIA „Āboliņi un draugi“ | Kārlis Āboliņš | mr | Āboliņa | Ābeļu iela 77 | LV-4201 | Valmiera |
Viesnīca „Čiekurs“ | | | | Mežaparka gatve 5 | LV-2015 | Jūrmala |
Tulkojumu birojs „Īsi un skaidri“ | Līga Ūdre | ms | Ūdres | Tinuma iela 18 | LV-1011 | Rīga |
Ķekavas ziedu bāze, SIA | Edgars Liepiņš | mr | Liepiņa | Ziedu iela 31 | LV-2123 | Ķekava |
Būvbirojs „Stāvs“, SIA | Zane Kļaviņa | ms | Kļaviņas | Torņu iela 8 | LV-3001 | Jelgava |
""",
    ("DE", "de"): """
Möbelhaus Grünwald GmbH | Jana Schröder | ms | Schröder | Lindenallee 14 | 04109 | Leipzig |
Kanzlei Weiß & Söhne | Jürgen Weiß | mr | Weiß | Königsplatz 3 | 34117 | Kassel |
Café Zweistein | Özlem Yıldız | ms | Yıldız | Große Gasse 8 | 99084 | Erfurt |
Hör- und Sprachzentrum Lübecker Bucht gGmbH | Dr. Hans-Günther Müller-Lüdenscheidt | mr | Dr. Müller-Lüdenscheidt | An der Obertrave 112a | 23552 | Lübeck |
Buchhandlung Eselsohr | Käthe Fuß | ms | Fuß | Marktstraße 1 | 01067 | Dresden |
Tischlerei Nußbaum KG | Björn Nußbaum | mr | Nußbaum | Spanweg 17 | 79098 | Freiburg im Breisgau |
Gemeinschaftspraxis Dres. Süß | | | | Röntgenring 25 | 97070 | Würzburg |
Stadtwerke Grauental AöR | Ulrike Böhm | ms | Böhm | Wasserturm 2 | 08523 | Plauen |
Hildegard Köster | Hildegard Köster | ms | Köster | Ahornweg 11 | 50667 | Köln |
Blaupause Architekten PartGmbB | Sören Jäger | mr | Jäger | Reißbrettstraße 40 | 20095 | Hamburg |
Yogahaus Frankenhöhe | Françoise Lévêque | ms | Lévêque | Höhenstraße 6 | 91541 | Rothenburg ob der Tauber |
Jörg Häßler | Jörg Häßler | mr | Häßler | Uferweg 19 | 15230 | Frankfurt (Oder) |
""",
    ("PH", "fil"): """
Tanglaw Publishing House, Inc. | Maria Corazon Ibáñez | ms | Ibáñez | 27 Mabini Street, Barangay Malinta | 1444 | Valenzuela City | Metro Manila
Bahay Kape at Aklat | Jose Niño Peñaflor | mr | Peñaflor | 8 Sampaguita Lane, Barangay Lahug | 6000 | Cebu City | Cebu
Sentro ng Sining Iloilo | Luzviminda Dela Peña | ms | Dela Peña | 115 Rizal Avenue, Barangay San Jose | 5000 | Iloilo City | Iloilo
Pagawaan ng Muwebles Santo Niño | Ramon Muñoz | mr | Muñoz | 3 Narra Road, Barangay Balibago | 2009 | Angeles City | Pampanga
""",
    ("PH", "en"): """
Lakeside Dental Group, Inc. | Angelica Villaseñor | ms | Villaseñor | 41 Acacia Drive, Barangay Bagumbayan | 4030 | Los Baños | Laguna
Davao Bay Logistics Corp. | Paolo Española | mr | Española | Unit 5, 900 Harbor Road, Barangay Sasa | 8000 | Davao City | Davao del Sur
Mountain View Learning Center | Grace Bulaon | ms | Bulaon | 12 Session Heights, Barangay Aurora Hill | 2600 | Baguio City | Benguet
Nuñez & Parñas Law Offices | Atty. Miguel Nuñez | mr | Nuñez | 6/F Sinag Tower, 33 Legazpi Lane | 1229 | Makati City | Metro Manila
""",
    ("GB", "en"): """
Thistle & Quill Ltd | Fiona MacAllister | ms | MacAllister | 9 Candlemaker Close | EH1 2QR | Edinburgh |
Harbour Lane Dental Practice | Oluwaseun Adeyemi | mr | Adeyemi | 4 Harbour Lane | BS1 5TX | Bristol |
The Old Chapel Library Trust | Siân Prys-Jones | ms | Prys-Jones | Chapel Row | CF10 1AB | Cardiff |
Marlow Grange School | | | | Grange Road | SL7 1GX | Marlow |
Edwin O’Rourke | Edwin O’Rourke | mr | O’Rourke | Flat 12, 220 Fell Street | LA9 4BD | Kendal |
Brightwell Architects LLP | Zoë Brightwell | ms | Brightwell | 31 Wharf Street | LS2 7EQ | Leeds |
Peat & Pine Coworking CIC | Callum Reid | mr | Reid | 2 Mill Brae | IV1 1DL | Inverness |
""",
    ("US", "en"): """
Harlow & Finch Books, LLC | Renée Castellanos | ms | Castellanos | 118 Foundry Street | 01003 | Amherst | MA
Prairie Wind Studio | Dwayne Oakes | mr | Oakes | 2209 Elevator Road, Suite 4 | 58102 | Fargo | ND
Saltmarsh Community College | Office of Procurement | | | 1 Heron Way | 07302 | Jersey City | NJ
Juniper Ridge Veterinary, Inc. | Beatriz Nuñez-Clark | ms | Nuñez-Clark | 77 Juniper Ridge Road | 80302 | Boulder | CO
Walter A. Lindqvist | Walter A. Lindqvist | mr | Lindqvist | 5 Maple Court | 55401 | Minneapolis | MN
Cypress Hollow Law Group | Marcus Thibodeaux | mr | Thibodeaux | 640 Cypress Hollow Boulevard, Floor 11 | 70112 | New Orleans | LA
Blue Heron Tea Room | Naomi Yamashiro-O’Neil | ms | Yamashiro-O’Neil | 14 Ferry Landing | 00501 | Holtsville | NY
""",
}

#: Article number, price in euro, VAT in Lithuania, names by language.
PRODUCTS = [
    ("00412", "489.00", 21, {
        "en": "Desk “Nida”, solid oak, 160 × 80 cm", "de": "Schreibtisch „Nida“, Eiche massiv, 160 × 80 cm",
        "lt": "Rašomasis stalas „Nida“, ąžuolo masyvas, 160 × 80 cm",
        "lv": "Rakstāmgalds „Nida“, ozola masīvs, 160 × 80 cm", "fil": "Mesang “Nida”, buong oak, 160 × 80 cm"}),
    ("00733", "312.50", 21, {
        "en": "Bookcase “Smiltynė”, five shelves, oiled ash", "de": "Regal „Smiltynė“, fünf Böden, Esche geölt",
        "lt": "Lentyna „Smiltynė“, penkių lentynų, aliejuotas uosis",
        "lv": "Plaukts „Smiltynė“, pieci līmeņi, eļļots osis",
        "fil": "Estante “Smiltynė”, limang patong, ash na may langis"}),
    ("00108", "8.75", 21, {
        "en": "Notebook A5, linen, 160 dotted pages", "de": "Notizbuch A5, Leinen, 160 Seiten, gepunktet",
        "lt": "Užrašų knygutė A5, lino viršelis, 160 puslapių taškeliais",
        "lv": "Piezīmju grāmata A5, lina vāki, 160 lappuses ar punktiem",
        "fil": "Kuwaderno A5, telang lino, 160 pahinang may tuldok"}),
    ("00540", "219.00", 21, {
        "en": "Task chair “Juodkrantė”, wool, adjustable arms",
        "de": "Bürostuhl „Juodkrantė“, Wolle, verstellbare Armlehnen",
        "lt": "Darbo kėdė „Juodkrantė“, vilna, reguliuojami porankiai",
        "lv": "Darba krēsls „Juodkrantė“, vilna, regulējami roku balsti",
        "fil": "Upuang pang-opisina “Juodkrantė”, lana, naiaayos ang patungan ng braso"}),
    ("00091", "64.90", 21, {
        "en": "Desk lamp “Švyturys”, brass, dimmable", "de": "Schreibtischlampe „Švyturys“, Messing, dimmbar",
        "lt": "Stalinė lempa „Švyturys“, žalvaris, reguliuojamas šviesumas",
        "lv": "Galda lampa „Švyturys“, misiņš, regulējams spilgtums",
        "fil": "Ilawan sa mesa “Švyturys”, tanso, naiaayos ang liwanag"}),
    ("00277", "12.40", 21, {
        "en": "Letter paper, cotton, A4, 100 sheets", "de": "Briefpapier, Baumwolle, A4, 100 Blatt",
        "lt": "Laiškų popierius, medvilninis, A4, 100 lapų", "lv": "Vēstuļu papīrs, kokvilna, A4, 100 loksnes",
        "fil": "Papel pansulat, koton, A4, 100 piraso"}),
    ("00611", "1249.00", 21, {
        "en": "Meeting table “Mingė”, oak, for ten, with cable channel",
        "de": "Konferenztisch „Mingė“, Eiche, zehn Plätze, mit Kabelkanal",
        "lt": "Posėdžių stalas „Mingė“, ąžuolas, dešimties vietų, su laidų kanalu",
        "lv": "Sanāksmju galds „Mingė“, ozols, desmit vietas, ar kabeļu kanālu",
        "fil": "Mesang pampulong “Mingė”, oak, sampung upuan, may daluyan ng kable"}),
    ("00855", "18.00", 5, {
        "en": "Book “Caring for Wood”, 96 pages", "de": "Buch „Holz pflegen“, 96 Seiten",
        "lt": "Knyga „Medienos priežiūra“, 96 puslapiai", "lv": "Grāmata „Koka kopšana“, 96 lappuses",
        "fil": "Aklat na “Pag-aalaga ng Kahoy”, 96 pahina"}),
    ("00934", "39.50", 21, {
        "en": "Pen tray, ash, felt inlay", "de": "Stifteschale, Esche, Filzeinlage",
        "lt": "Rašiklių dėklas, uosis, veltinio įklotas", "lv": "Pildspalvu paliktnis, osis, filca ieliktnis",
        "fil": "Lalagyan ng panulat, ash, may sapin na felt"}),
    ("00019", "27.00", 21, {
        "en": "Wood oil, 500 ml, for desks and shelves; two coats a year keep the surface closed and let scratches be "
              "rubbed out by hand",
        "de": "Holzöl, 500 ml, für Tische und Regale; zweimal im Jahr aufgetragen, bleibt die Fläche geschlossen, und "
              "Kratzer lassen sich von Hand auspolieren",
        "lt": "Medienos aliejus, 500 ml, stalams ir lentynoms; tepant du kartus per metus paviršius lieka vientisas, o "
              "įbrėžimus galima nutrinti ranka",
        "lv": "Koka eļļa, 500 ml, galdiem un plauktiem; ieziežot divreiz gadā, virsma paliek noslēgta un skrāpējumus "
              "var nopulēt ar roku",
        "fil": "Langis ng kahoy, 500 ml, para sa mesa at estante; dalawang pahid sa isang taon ang nagpapanatili ng "
               "kinis at nag-aalis ng gasgas"}),
]  # fmt: skip

UNITS = {"en": "pcs", "de": "Stk.", "lt": "vnt.", "lv": "gab.", "fil": "piraso"}
