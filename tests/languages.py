"""Business text in the languages that documents are tried in. All firms, people and numbers are invented.

Each sample is a letter in short: greeting, what was ordered, when to pay, regards, the firm with its address.
"""

from __future__ import annotations

SAMPLES: dict[str, tuple[str, ...]] = {
    "en": (
        "Dear Ms Whitfield,",
        "Thank you for your order of 14 March 2026. We have today dispatched 12 oak shelves and 3 “Harbour” "
        "desk lamps, as you asked on the telephone.",
        "Please pay invoice no. 2026-0417 for £1,248.50 by 30 April 2026; you may deduct 2% if you pay within 10 days.",
        "Yours sincerely,",
        "Larkfield Joinery Ltd, 27 Quayside Lane, Bristol BS1 4XX, United Kingdom",
    ),
    "de": (
        "Sehr geehrte Frau Dr. Süßmann,",
        "vielen Dank für Ihren Auftrag vom 14. März 2026. Wir haben heute 12 Eichenregale und 3 Schreibtischleuchten "
        "der Ausführung „Größe XL“ an Sie ausgeliefert.",
        "Bitte überweisen Sie den Rechnungsbetrag von 1.248,50 € bis zum 30. April 2026; bei Zahlung innerhalb von "
        "10 Tagen gewähren wir 2 % Skonto.",
        "Mit freundlichen Grüßen",
        "Möbelwerkstätten Überle GmbH, Königsträßle 5, 70597 Stuttgart, Deutschland",
    ),
    "lt": (
        "Gerbiama ponia Žemaitiene,",
        "Dėkojame už Jūsų 2026 m. kovo 14 d. užsakymą. Šiandien išsiuntėme 12 ąžuolinių lentynų ir 3 stalinius "
        "šviestuvus „Švyturėlis“.",
        "Prašome iki 2026 m. balandžio 30 d. apmokėti sąskaitą Nr. 2026-0417 – 1 248,50 €.",
        "Pagarbiai",
        "UAB „Ąžuolo dirbtuvės“, Šilų g. 7, LT-44280 Kaunas, Lietuva",
    ),
    "lv": (
        "Godātā Bērziņas kundze!",
        "Paldies par Jūsu 2026. gada 14. marta pasūtījumu. Šodien esam nosūtījuši 12 ozolkoka plauktus un 3 galda "
        "lampas “Ķīpsala”.",
        "Lūdzam līdz 2026. gada 30. aprīlim apmaksāt rēķinu Nr. 2026-0417 par 1248,50 €.",
        "Ar cieņu",
        "SIA “Ķekavas galdnieki”, Čiekurkalna 2. līnija 9, Rīga, LV-1026, Latvija",
    ),
    "fil": (
        "Mahal na Gng. Dimaculangan,",
        "Maraming salamat sa inyong order noong ika-14 ng Marso 2026. Ipinadala na namin ngayong araw ang 12 estante "
        "at 3 lamparang pang-mesa.",
        "Pakibayaran po ang halagang ₱68,250.75 sa o bago ang ika-30 ng Abril 2026; may bawas na 2% kung makababayad "
        "kayo sa loob ng 10 araw.",
        "Lubos na gumagalang,",
        "Muwebles Bayanihan, Inc., 118 Kalye Sampaguita, Barangay Peñafrancia, 1600 Pasig, Pilipinas",
    ),
    "el": (
        "Αξιότιμη κυρία Παπαγεωργίου,",
        "Σας ευχαριστούμε για την παραγγελία σας της 14ης Μαρτίου 2026. Σήμερα αποστείλαμε 12 δρύινα ράφια και "
        "3 επιτραπέζια φωτιστικά «Ήλιος».",
        "Παρακαλούμε να εξοφλήσετε το τιμολόγιο αρ. 2026-0417, ύψους 1.248,50 €, έως τις 30 Απριλίου 2026.",
        "Με εκτίμηση",
        "Ξυλουργική Αιγαίου Α.Ε., Οδός Ελαιώνων 16, 546 24 Θεσσαλονίκη, Ελλάδα",
    ),
    "ru": (
        "Уважаемая Елена Фёдоровна!",
        "Благодарим Вас за заказ от 14 марта 2026 г. Сегодня мы отправили 12 дубовых полок и 3 настольные лампы "
        "«Ёлочка».",
        "Просим оплатить счёт № 2026-0417 на сумму 124 850,50 ₽ до 30 апреля 2026 г.; при оплате в течение 10 дней "
        "предоставляется скидка 2 %.",
        "С уважением,",
        "ООО «Мастерская Щукина», ул. Подъёмная, д. 8, 190000 Санкт-Петербург, Россия",
    ),
    "ar": (
        "السيدة ليلى المنصوري المحترمة،",
        "نشكركم على طلبكم المؤرخ في 14 مارس 2026. لقد أرسلنا اليوم 12 رفا من خشب البلوط و3 مصابيح "
        "مكتبية (طراز LX-200).",
        "نرجو تسديد الفاتورة رقم 2026/0417 بمبلغ 1,248.50 درهما في موعد أقصاه 30 أبريل 2026، ولكم "
        "خصم قدره 2% عند الدفع خلال 10 أيام.",
        "وتفضلوا بقبول فائق الاحترام،",
        "شركة الواحة للأثاث، شارع النخيل 25، دبي، الإمارات العربية المتحدة",
    ),
    "he": (
        "גברת כהן הנכבדה,",
        "תודה על הזמנתך מיום 14 במרץ 2026. היום שלחנו אלייך 12 מדפי אלון ו־3 מנורות שולחן (דגם LX-200).",
        "נא לשלם את חשבונית מס' 2026-0417 על סך 1,248.50 ₪ עד 30 באפריל 2026; בתשלום תוך 10 ימים תינתן הנחה של 2%.",
        "בכבוד רב,",
        'נגריית הגליל בע"מ, רחוב האלונים 12, חיפה 3303142, ישראל',
    ),
    "hi": (
        "आदरणीया श्रीमती शर्मा जी,",
        "14 मार्च 2026 के आपके ऑर्डर के लिए धन्यवाद। आज हमने शीशम की 12 अलमारियाँ और 3 टेबल लैंप आपके पते पर भेज दिए हैं।",
        "कृपया बिल संख्या 2026-0417 की राशि ₹1,24,850.50 का भुगतान 30 अप्रैल 2026 तक करें; 10 दिनों "
        "के भीतर भुगतान पर 2% की छूट मिलेगी।",
        "सादर,",
        "श्रीकृष्ण फ़र्नीचर प्राइवेट लिमिटेड, 42 विद्यालय मार्ग, लखनऊ 226001, भारत",
    ),
    "th": (
        "เรียน คุณสมหญิง ศรีสุวรรณ",
        "ขอขอบพระคุณสำหรับคำสั่งซื้อของท่านเมื่อวันที่ 14 มีนาคม 2569 "
        "วันนี้เราได้จัดส่งชั้นวางไม้โอ๊กจำนวน 12 ชั้นและโคมไฟตั้งโต๊ะจำนวน 3 ดวงเรียบร้อยแล้ว",
        "กรุณาชำระเงินตามใบแจ้งหนี้เลขที่ 2569-0417 จำนวน 42,850.50 บาท ภายในวันที่ 30 เมษายน 2569",
        "ขอแสดงความนับถือ",
        "บริษัท เรือนไม้งาม จำกัด เลขที่ 88 ถนนสุขุมวิท แขวงคลองตันเหนือ เขตวัฒนา กรุงเทพมหานคร 10110",
    ),
    "ja": (
        "佐藤 花子 様",
        "拝啓　平素は格別のお引き立てを賜り、厚く御礼申し上げます。2026年3月14日付で"
        "ご注文いただきました「オーク棚」12点とデスクランプ3点を、本日発送いたしました。",
        "つきましては、請求書番号2026-0417のご請求金額￥124,850（税込）を、"
        "2026年4月30日までにお振り込みくださいますようお願い申し上げます。",
        "敬具",
        "株式会社みどり木工　〒600-8001 京都府京都市下京区四条通り5丁目12番地",
    ),
    "zh": (
        "尊敬的王丽女士：",
        "感谢您于2026年3月14日订购我公司的产品。今天我们已将12个橡木书架和3盏“晨光”台灯发往贵公司。",
        "请您在2026年4月30日之前支付第2026-0417号发票的款项，共计人民币8,248.50元（含税）；10天内付款可享受2%的折扣。",
        "此致\u3000敬礼",
        "上海青木家具有限公司，上海市浦东新区银杏路125号，邮编200120",
    ),
}

#: Languages written from right to left.
RIGHT_TO_LEFT = frozenset({"ar", "he"})
