"""A letter as RML, and its words in the languages that documents are tried in. All of it is invented."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from languages import RIGHT_TO_LEFT, SAMPLES
from PIL import Image
from rendering import make_template

from docgen.template import Template

#: Heading; heads of the table; goods, each before its amount; points of the list, in the second of which one part is
#: bold and one italic.
WORDS: dict[str, tuple[str, tuple[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "en": ("Order 2026-0417", ("Item", "Amount"), ("Oak shelf", "Desk lamp “Harbour”"),
           ("Delivery within 10 days", "Keep", "dry", "and out of the", "sun")),
    "de": ("Auftrag 2026-0417", ("Posten", "Betrag"), ("Eichenregal", "Leuchte „Größe XL“"),
           ("Lieferung in 10 Tagen", "Bitte", "trocken", "und", "schattig", )),
    "lt": ("Užsakymas 2026-0417", ("Prekė", "Suma"), ("Ąžuolinė lentyna", "Šviestuvas „Švyturėlis“"),
           ("Pristatymas per 10 dienų", "Laikyti", "sausai", "ir ne", "saulėje")),
    "lv": ("Pasūtījums 2026-0417", ("Prece", "Summa"), ("Ozolkoka plaukts", "Lampa “Ķīpsala”"),
           ("Piegāde 10 dienu laikā", "Glabāt", "sausumā", "un", "ēnā")),
    "fil": ("Order 2026-0417", ("Gamit", "Halaga"), ("Estante", "Lamparang pang-mesa"),
            ("Ihahatid sa loob ng 10 araw", "Panatilihing", "tuyo", "at malayo sa", "araw")),
    "el": ("Παραγγελία 2026-0417", ("Είδος", "Ποσό"), ("Δρύινο ράφι", "Φωτιστικό «Ήλιος»"),
           ("Παράδοση σε 10 ημέρες", "Φυλάσσεται", "στεγνό", "και στη", "σκιά")),
    "ru": ("Заказ 2026-0417", ("Товар", "Сумма"), ("Дубовая полка", "Лампа «Ёлочка»"),
           ("Доставка за 10 дней", "Хранить в", "сухом", "месте, в", "тени")),
    "ar": ("الطلب رقم 2026/0417", ("الصنف", "المبلغ"), ("رف من خشب البلوط", "مصباح مكتبي (LX-200)"),
           ("التسليم خلال 10 أيام", "يحفظ في مكان", "جاف", "بعيدا عن", "الشمس")),
    "he": ("הזמנה 2026-0417", ("פריט", "סכום"), ("מדף אלון", "מנורת שולחן (LX-200)"),
           ("אספקה תוך 10 ימים", "יש לשמור במקום", "יבש", "הרחק מן", "השמש")),
    "hi": ("ऑर्डर 2026-0417", ("वस्तु", "राशि"), ("शीशम की अलमारी", "टेबल लैंप"),
           ("10 दिनों में वितरण", "इसे", "सूखी", "जगह पर", "छाया में")),
    "th": ("ใบสั่งซื้อ 2569-0417", ("รายการ", "จำนวนเงิน"), ("ชั้นวางไม้โอ๊ก", "โคมไฟตั้งโต๊ะ"),
           ("จัดส่งภายใน 10 วัน", "เก็บในที่", "แห้ง", "และพ้น", "แสงแดด")),
    "ja": ("ご注文 2026-0417", ("品名", "金額"), ("オーク棚", "デスクランプ「港」"),
           ("10日以内にお届け", "保管は", "乾燥した", "場所で", "日陰")),
    "zh": ("订单 2026-0417", ("品名", "金额"), ("橡木书架", "台灯“晨光”"),
           ("10天内送达", "请存放在", "干燥", "处，避免", "日晒")),
}  # fmt: skip
AMOUNTS = ("1,248.50", "86.00")
SENDER = "Ahorn · Weg 1 · 1010 Wien"
LINK = "https://example.com/2026-0417"

_BODY = """<document filename="letter.pdf" title="{{ heading }}">
<template pagesize="A4">
  <letterhead pdf="paper.pdf" next="none"/>
  <pageTemplate id="first">
    <pageGraphics>
      <addressWindow profile="din-5008-b" sender="{{ sender }}" foldMarks="yes">{{ firm }}</addressWindow>
      <image file="logo.png" x="150mm" y="255mm" width="40mm" height="20mm" alt="{{ firm }}"/>
    </pageGraphics>
    <frame id="f" x1="25mm" y1="30mm" width="165mm" height="160mm" leftPadding="0" rightPadding="0"/>
  </pageTemplate>
</template>
<stylesheet>
  <paraStyle name="text" fontName="SourceSans3" fontSize="10" leading="15" spaceAfter="7" %(align)s/>
  <paraStyle name="justified" parent="text" alignment="justify"/>
  <paraStyle name="heading" parent="text" fontName="SourceSans3-Semibold" fontSize="16" leading="22"/>
  <paraStyle name="amount" parent="text" alignment="right" spaceAfter="0"/>
  <paraStyle name="cell" parent="text" spaceAfter="0"/>
  <paraStyle name="head" parent="cell" fontName="SourceSans3-Semibold"/>
  <blockTableStyle id="goods"><blockValign value="top"/>
    <lineStyle kind="LINEBELOW" colorName="#C6CFD2" thickness="0.5"/></blockTableStyle>
</stylesheet>
<story>
  <h1 style="heading">{{ heading }}</h1>
  {%% for text in letter %%}
  <para style="{{ 'justified' if loop.index == 3 else 'text' }}">{{ text }}</para>
  {%% endfor %%}
  <blockTable style="goods" repeatRows="1" headerRows="1" colWidths="110mm,55mm">
    <tr><td><para style="head">{{ heads[0] }}</para></td><td><para style="head">{{ heads[1] }}</para></td></tr>
    {%% for name, amount in goods %%}
    <tr><td><para style="cell">{{ name }}</para></td><td><para style="amount">{{ amount }}</para></td></tr>
    {%% endfor %%}
  </blockTable>
  <spacer length="10"/>
  <ul bulletFontName="SourceSans3" bulletFontSize="9" %(list)s>
    <li><para style="text">{{ points[0] }}</para></li>
    <li><para style="text">{{ points[1] }} <b>{{ points[2] }}</b> {{ points[3] }} <i>{{ points[4] }}</i>.</para></li>
  </ul>
  <para style="text"><a href="{{ link }}" color="#14586A">{{ link }}</a></para>
</story></document>
"""


@dataclass(frozen=True)
class Letter:
    """One letter in one language."""

    language: str

    @property
    def values(self) -> dict[str, object]:
        """What fills the template in."""
        heading, heads, goods, points = WORDS[self.language]
        sample = SAMPLES[self.language]
        return {
            "heading": heading, "firm": sample[-1], "letter": sample[:-1], "heads": heads, "points": points,
            "goods": list(zip(goods, AMOUNTS, strict=True)), "link": LINK, "sender": SENDER,
        }  # fmt: skip

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in it, in reading order, without bullets."""
        heading, heads, goods, points = WORDS[self.language]
        sample = SAMPLES[self.language]
        cells = [text for pair in zip(goods, AMOUNTS, strict=True) for text in pair]
        return (SENDER, sample[-1], heading, *sample[:-1], *heads, *cells, points[0], f"{' '.join(points[1:])}.", LINK)


def letters() -> Iterator[Letter]:
    """Yield the letter in every language."""
    return map(Letter, WORDS)


def letter_template(folder: Path, language: str) -> Template:
    """Make the template with its files; what goes from right to left is aligned there."""
    folder.mkdir(parents=True)
    Image.new("RGB", (80, 40), (20, 88, 106)).save(folder / "logo.png")
    (folder / "paper.pdf").write_bytes(_paper())
    rtl = language in RIGHT_TO_LEFT
    side = {
        "align": 'alignment="right"' if rtl else "",
        "list": 'bulletDir="rtl" rightIndent="14" leftIndent="0"' if rtl else 'leftIndent="14"',
    }
    return make_template(folder, _BODY % side, ".rml")


def _paper() -> bytes:
    """Return stationery: a strip of colour at the head of the page."""
    from reportlab.pdfgen.canvas import Canvas

    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(595.28, 841.89), invariant=1)
    canvas.setFillColorRGB(0.93, 0.95, 0.95)
    canvas.rect(0, 800, 595.28, 41.89, stroke=0, fill=1)
    canvas.save()
    return output.getvalue()
