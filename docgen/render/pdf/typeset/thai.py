"""Floor 2, edges: the words of Thai, which writes none apart.

Knows the model of budoux, loaded when the first Thai text comes; nothing of lines.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

#: Models are trained on running text: names of addresses, months and the like are kept whole by this list.
_WHOLE = """
กรุงเทพมหานคร กรุงเทพฯ กระบี่ กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี
ชัยนาท ชัยภูมิ ชุมพร เชียงราย เชียงใหม่ ตรัง ตราด ตาก นครนายก นครปฐม นครพนม นครราชสีมา
นครศรีธรรมราช นครสวรรค์ นนทบุรี นราธิวาส น่าน บึงกาฬ บุรีรัมย์ ปทุมธานี ประจวบคีรีขันธ์
ปราจีนบุรี ปัตตานี พระนครศรีอยุธยา พังงา พัทลุง พิจิตร พิษณุโลก เพชรบุรี เพชรบูรณ์ แพร่ พะเยา
ภูเก็ต มหาสารคาม มุกดาหาร แม่ฮ่องสอน ยะลา ยโสธร ร้อยเอ็ด ระนอง ระยอง ราชบุรี ลพบุรี ลำปาง ลำพูน
เลย ศรีสะเกษ สกลนคร สงขลา สตูล สมุทรปราการ สมุทรสงคราม สมุทรสาคร สระแก้ว สระบุรี สิงห์บุรี
สุโขทัย สุพรรณบุรี สุราษฎร์ธานี สุรินทร์ หนองคาย หนองบัวลำภู อ่างทอง อุดรธานี อุทัยธานี
อุตรดิตถ์ อุบลราชธานี อำนาจเจริญ มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม
สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์
วันเสาร์ วันอาทิตย์ ประเทศไทย ใบแจ้งหนี้ ใบเสร็จรับเงิน ใบเสนอราคา ภาษีมูลค่าเพิ่ม บริษัท จำกัด
มหาชน ห้างหุ้นส่วน เลขที่ วันที่ ถนน ซอย แขวง เขต ตำบล อำเภอ จังหวัด กรุณา ชำระ ภายใน
ขอแสดงความนับถือ เรียน
"""
_LONGEST = 4_000
_FOLLOWS = re.compile("[\u0e2f-\u0e3a\u0e45-\u0e4e]")


def thai_breaks(text: str) -> list[int]:
    """Return where words begin within a run of Thai letters, but for its beginning."""
    found: set[int] = set()
    at = 0
    for part in (text[start : start + _LONGEST] for start in range(0, len(text), _LONGEST)):
        for word in _parser().parse(part):
            at += len(word)
            found.add(at)
    for match in _whole_words().finditer(text):
        found.difference_update(range(match.start() + 1, match.end()))
        found.update((match.start(), match.end()))
    return sorted(offset for offset in found if 0 < offset < len(text) and _may_begin(text, offset))


def _may_begin(text: str, offset: int) -> bool:
    """Return whether a word can begin here: not with a mark or a vowel that follows, nor after one that leads."""
    return not _FOLLOWS.match(text[offset]) and not "\u0e40" <= text[offset - 1] <= "\u0e44"


@cache
def _whole_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_WHOLE.split(), key=len, reverse=True)))


@cache
def _parser() -> Any:
    import budoux

    return budoux.load_default_thai_parser()
