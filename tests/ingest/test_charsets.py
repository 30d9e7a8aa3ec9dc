"""Texts in the character sets that offices have them in. What is wrong here is wrong in every footnote."""

from __future__ import annotations

import pytest

from ingest.parsers.charsets import charset_of, decode, decode_as

ENGLISH = "The monthly fee is reviewed each year by the board. Members pay it on the first day. " * 20
GERMAN = "Die Prüfung der Geräte erfolgt jährlich; größere Mängel sind sofort zu melden. " * 50


@pytest.mark.parametrize(
    "text",
    [
        "The monthly fee is £250 for members.",
        "Fee: £250. Deposit: £40. Refunds within 30 days of purchase; ask the front desk.",
        "The rate is 12 € a day – see annex.",
        "Don’t pay more than 40 euros.",
        "Größe: 5 m",
        "ÄÖÜ",
        "Müller, Köln, 5 Tage",
        "Name;Größe\nMüller;1,5\n",
        "El año fiscal termina en junio. La sesión es a las 9.",
        "Le siège est à Genève; délai de congé: 3 mois.",
        "RÉSUMÉ DE L’ÉTÉ À LA MER",
        "Température 20 °C ± 2, “½ cup”, §5, ©2020 Acme™",
        "Crème brûlée",
        "São João, ações, 1º lugar, 2ª fase",
        "L’articolo è già così; perché no? Città",
        "Ærø, Århus, smørrebrød",
        "Sí, señor. Año nuevo. Müller, Genève, Ångström.",
        ENGLISH + "The fee is £250 a month and it’s due on day one. " + ENGLISH,
        ENGLISH * 60 + "Die Größe ist £5.",
    ],
)
def test_texts_of_the_west(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1250", "Zażółć gęślą jaźń, 5 złotych."),
        ("cp1250", "A szabadság húsz nap. Kötelező szűrés évente, kérjük előre bejelenteni."),
        ("iso8859_2", "Příliš žluťoučký kůň úpěl ďábelské ódy. Dovolená trvá pět týdnů."),
        ("cp1254", "Yıllık izin yirmi gündür. Başvuru insan kaynaklarına yapılır; şubat ayında başlar."),
        ("cp1257", "Kasmetinės atostogos trunka dvidešimt dienų. Prašymas pateikiamas skyriui."),
        ("mac_roman", "Die Straße nach Köln ist für größere Lastwagen gesperrt."),
        ("iso8859_15", "Preis: 5 €"),
        ("cp1251", "Отпуск"),
        ("cp1251", "СРОК ОТПУСКА"),
        ("cp1251", "Срок отпуска 28 дней. Travel policy in English follows: see the annex."),
        ("cp1251", "Відпустка триває 28 днів, заява подається її керівнику."),
        ("koi8_r", "Срок отпуска 28 дней. Заявление подается за две недели."),
        ("iso8859_5", "Срок отпуска 28 дней. Заявление подается за две недели."),
        ("cp1253", "Η ετήσια άδεια διαρκεί είκοσι ημέρες. Η αίτηση υποβάλλεται στο τμήμα."),
        ("cp1255", "חופשה שנתית היא עשרים ימים"),
        ("cp1256", "الإجازة السنوية عشرون يوما"),
        ("cp932", "休暇は二十日です。申請は人事部へ。"),
        ("cp932", "アプリケーションのインストール手順"),
        ("euc_jp", "休暇は二十日です。申請は人事部へ。"),
        ("gb18030", "年假为二十天，请向人事部申请。"),
        ("big5", "年假為二十天，請向人事部申請。"),
        ("big5", "公司的年假政策規定員工每年享有二十天假期。\n" * 3000),
        ("euc_kr", "연차 휴가는 이십 일입니다. 인사부에 신청하십시오."),
        ("cp874", "วันลาพักร้อนยี่สิบวันต่อปี"),
        ("utf-16-le", "Die Prüfung der Geräte – jährlich."),
    ],
)
def test_other_letters_and_other_sets(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text


@pytest.mark.parametrize("damage", [b"\xff ", "Größe".encode("cp1252")])
def test_a_stray_byte_does_not_spoil_a_text_in_utf8(damage: bytes) -> None:
    data = GERMAN.encode() + damage + GERMAN.encode()
    assert charset_of(data) == "utf-8"
    assert decode(data).startswith(GERMAN)
    assert decode(data).endswith(GERMAN)


def test_who_states_latin_1_means_what_all_take_it_for() -> None:
    assert decode_as("iso-8859-1", "12 € – “now”".encode("cp1252")) == "12 € – “now”"
    assert decode_as("us-ascii", "Fee: £5".encode("cp1252")) == "Fee: £5"
    for unheard_of in ("x-unheard-of", "undefined", "base64", "a\0b"):
        assert decode_as(unheard_of, "Größe".encode()) == "Größe"
