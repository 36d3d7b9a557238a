"""Where sentences end in many languages: what a listener would expect, marked with `|` in each text."""

from __future__ import annotations

import random

import pytest

from voicebot.engine.text.sentences.cutter import SentenceCutter

TEXTS = {
    "English": [
        "Sen. Warren met Gov. Brown and Rep. Lopez in Washington.| They agreed.",
        "Gen. Lee, Capt. Cook and Sgt. Pepper sailed on.| Lt. Dan stayed.",
        "The office is on 5th Ave. near the park.| We like Park Ave.| It is quiet.",
        "He weighs 180 lbs. on a good day.| That is 82 kg.| She weighs 130 lbs.| They row.",
        "Turn left on Main St. at the light.| He lives on Elm St.| She does not.",
        "The box is 5 ft. by 3 ft. and 2 in. deep.| It holds 2 gal. of paint.",
        "We met in Jan. of last year.| On Oct. 3 we met again.| See you in Dec.| Bye.",
        "Acme Inc. was bought by Foo Ltd. in May.| I work at Acme Corp.| It is fine.",
        "Dr. Martin Luther King Jr. was born here.| Ask for John Smith Jr.| He knows.",
        "Choose plan A.| Then try plan B.| Nobody has a plan C.",
        "Take exit B.| Ships sail from gate D.| That is it.",
        "The answer is C.| It was easy.| Is it vitamin K?| No.",
        "J. R. R. Tolkien knew C. S. Lewis.| George W. Bush did not.| E. coli is small.",
        "My sister and I.| That was it.| He is older than I.| We know.",
        "The U.S. Army and the U.K. government met.| He left the U.S.| Then he came back.",
        "Version v1.2.3 is out.| Use Python 3.12.| It costs $3.50.| Not .5 cents.",
        "See Fig. 3 on p. 12 and Vol. 2, No. 7.| No.| Never.",
        "Use e.g. salt, i.e. NaCl, or pepper, etc. for taste.| Add herbs, spices, etc.| Stir it.",
        "It is 7 p.m. in Rome.| At 8 a.m. we leave.| He came at 9 p.m.| She slept.",
        "Use Vue.js.| next.js is fine, too.| iPhones are not.| example.com is.",
        "Edit README.md and main.py.| Then run setup.cfg through tox.ini.| Done.",
        "Go to wikipedia.org.| Or to www.example.com/a.b?c=d.| Or docs.python.org/3/library.",
        "Write to jane.doe@example.com.| She answers.| Or ask info@my-site.co.uk!| Please.",
        "The host is 192.168.0.1.| Port 10.1.1.1:80 is shut.| Try ::1.",
        "Is it https://a.example/x?y=z?| I think so.| See http://b.example/.| Yes.",
        "So... what now?| Well... nobody knows.| Hmm… maybe.",
        "Really?!| Yes!!!| No way...| Fine.",
        '"Stop!" he cried.| "Why?" she asked.| They stopped.',
        "(He was late.)| She was not (as always).| Good.",
        "He said “No.” and left.| “Yes,” she said.",
        "I moved to St. Louis.| We saw Mt. Fuji and Ft. Knox.| Nice.",
        "It is approx. 5 min. away.| It took 10 min.| We ran.",
        "Smith et al. found it.| Prof. Jones vs. Dr. House.| Ha.",
        "She has a Ph.D. in physics.| He has an M.D. and a B.A. from Yale.| Good.",
        "Henry VIII. was a king.| World War II. was long.| It ended.",
        "i am fine.| thanks for asking.| what about you?",
        "Yahoo! is a company.| Wow!| So is Yahoo! Inc. in a way.",
        "We have 3.| They have 12.| In 1999.| Then none.",
        "Ask @anna.| Use #python.| $5 is fine.",
        "It ended.\n|Then this:\n|- one\n|- two\n|1. First. |Second.\n|2. Third",
        "He used C++.| It was fast.",
        "The temp. is 20 °C. outside.| Avg. speed was 5 mph.| The dept. head and Asst. Prof. Kim left.",
        "Call ext. 5 or Tel. 555 0100.| Room no. 5.| Apt. 3 is free.",
        "Amb. Reed and Sec. Clinton came on Tues. Aug. 5th.| He left on Fri.| She did not.",
        "Mr. & Mrs. Smith, Ms. Lee, Messrs. Ray and Hon. Judge Dredd came.| Rev. Green did not.",
    ],
    "German": [
        "Am 3. Mai und im 19. Jahrhundert war Krieg.| Der 2. Weltkrieg endete 1945.| Gut.",
        "Sie wohnt im 4. Stock, er im 2. Haus links.| Zum 1. Mal.| Heute ist der 5. Tag.",
        "Die Goethestr. 12 liegt am Bahnhofspl. 3.| Ich wohne in der Ringstr.| Du auch.",
        "Wilhelm II. war Kaiser.| Nach Ludwig XIV. kam sein Urenkel.| Das war Karl V.| Er starb.",
        "Das ist z. B. Brot, d. h. Essen, u. a. aus Mehl.| Oder z.B. Milch, bzw. Käse.| Gut.",
        "Dr. Meier, Prof. Dr. Huber und Dipl.-Ing. Kurz kamen.| Hr. Klein und Fr. Groß nicht.",
        "Tel. 030 12345, Nr. 5, S. 7 ff., Bd. 3, Kap. 2 und Abb. 1 usw.| Danke.",
        "Es gibt Äpfel, Birnen usw.| Wir essen alles.| Kiwis u. Ä. gibt es auch.",
        "Das kostet ca. 5 Mio. Euro, inkl. MwSt.| Der Rest evtl. weniger.| Ja.",
        "Er kam um 8 Uhr.| Sie um 9.| Wir warten.| Es sind 12.| Die Tür ist zu.",
        "„Ja“, sagte er.| „Warum?“, fragte sie.| »Komm!«, rief er.",
        "Max Mustermann GmbH & Co. KG liefert.| Die Fa. Huber nicht.| Vgl. hierzu § 5 Abs. 2 BGB.",
        "Das war ca. 300 v. Chr. in Rom.| Im Jahr 50 n. Chr. auch.| Alt.",
        "Der Preis ist 1.234,56 Euro.| Um 12.30 Uhr essen wir.| Am 12.05.2024 auch.",
        "Die sog. Freunde kamen gem. Vertrag.| Die Fam. Maier nicht.| Schade.",
        "Es dauert 5 Min. zu Fuß.| Dann 2 Std. Fahrt.| Sie war geb. Schmidt.",
        "Nimm Plan B.| Der ist besser.| Oder Variante A.| Wie du willst.",
        "Mo. bis Fr. ist offen.| Sa. ist zu.",
        "Prof. em. Dr. Kurz spricht.| Ruhe!",
        "Wir treffen uns in Saal B.| Dann in Halle C.| Klar?",
    ],
    "French": [
        "M. Dupont et Mme Curie habitent 5 bd. Voltaire, tél. 01 23 45.| C'est loin.",
        "Mme. Petit et Mlle. Blanc sont là.| Le Dr. Roux et Me. Noir aussi.| Bien.",
        "Il y a p. ex. du pain, c.-à-d. de la farine, etc.| C'est bon.",
        "Louis XIV. régnait.| François Ier aussi.| Voilà.",
        "Voir p. 12, fig. 3, chap. 2 et art. 5.| Merci.",
        "Quoi ?| Rien !| Il dit « Bonjour. » et sort.| Elle rit.",
        "« Viens ! » dit-il.| « Non », dit-elle.| Bon…| D'accord.",
        "J.-P. Sartre et A. Camus étaient amis.| Puis non.",
        "C'est en 52 av. J.-C. à Rome.| En 30 apr. J.-C. aussi.",
        "Le prix est de 1.234,50 €.| À 14 h 30 env. on part.| Vite.",
        "Le max. est de 5 kg.| Le min. de 2 min. aussi.| Bien.",
        "Choisis l'option B.| Elle est bonne.| Ou le plan C.",
    ],
    "Spanish": [
        "El Sr. García y la Sra. López viven en EE. UU. desde hoy.| Ud. también.",
        "La Dra. Ruiz vive en la Av. Mayor, núm. 5, pág. 3.| ¿Y tú?| ¡Bien!",
        "Hay frutas, p. ej. peras, etc. en casa.| Compra pan, leche, etc.| Luego ven.",
        "Vds. pueden pasar.| D. Quijote y Dña. Inés también.| Gracias.",
        "Cuesta 1.234,50 €.| Son las 3 p. m. en Madrid.| Adiós.",
        "—Hola —dijo él.| —¿Qué? —preguntó ella.| Nada.",
        "Tel. 555 123.| C. A. Ruiz llamó.| Tome vitamina C.| Es buena.",
        "El art. 5 y el cap. 3 son largos.| Aprox. 5 kg.| Ya está.",
        "El Excmo. Sr. Alcalde y la Excma. Sra. Vega hablaron.| Fin.",
        "El Lic. Ruiz, el Gral. Paz y el Cnel. Sosa hablan.| Bien.",
        "Tengo que ir.| Ella va a ser feliz.| Nos vamos.",
    ],
    "Portuguese": [
        "O Sr. Costa e a Sra. Lima moram na R. Augusta, nº 5.| O Dr. Melo não.",
        "Há frutas, p. ex. peras, etc.| Compre pão.| V. Exa. sabe.",
        "A Profa. Ana e o Eng. Paulo vieram.| Custou R$ 3,50.| Caro.",
        "Veja a pág. 3 e o cap. 2, fig. 1.| Tel. 555.| Obrigado.",
        "A Cia. Norte e o Cel. Souza negociam.| Certo.",
        "O séc. XX. acabou.| Ele tem aprox. 5 kg.| Está bem.",
    ],
    "Italian": [
        "Il sig. Verdi e la sig.ra Neri sono qui.| Il dott. Bruni no.",
        "L'avv. Conti e l'ing. Russo, ecc. vengono.| Pane, latte, ecc.| Poi andiamo.",
        "Abito in via Roma, int. 5.| Vieni?",
        "Vedi pag. 5, cap. 3, n. 7 e fig. 2.| Tel. 02 123.| Grazie.",
        "Vittorio Emanuele II. era re.| Costa 3,50 €.| Va bene.",
        "Nel 50 a.C. c'era Cesare.| Nel 50 d.C. no.| Ecco.",
        "«Vieni!» disse.| «No», rispose lei.| Perché?| Mah…",
    ],
    "Dutch": [
        "Dhr. Jansen en mevr. de Vries wonen in de Kerkstr. 5.| Dr. Bos niet.",
        "Neem bijv. kaas, d.w.z. eten, o.a. brood, enz.| Dan gaan we.",
        "Dat is ca. 5 km, nr. 3, blz. 12.| Tel. 020 123.| Dank u.",
        "'k Weet het niet.| 'k Ga naar huis.| De Poort v.d. Berg en Alphen a.d. Rijn.",
        "Prof. dr. Smit en ir. Kok zijn er.| 's Avonds niet.| Goed.",
    ],
    "Swedish": [
        "Kl. 10 ses vi, t.ex. hos dr. Berg, bl.a. i morgon.| Bra.",
        "Det kostar ca 5 milj. kr. per år.| Se s. 5, kap. 2 och fig. 3.| Tack.",
        "Vi ses i sal B.| Kom i tid.",
        "Köp bröd, mjölk, osv.| Sedan går vi.| Den 3. maj också.",
        "Karl XII. var kung.| ”Kom!” ropade han.| ”Nej”, sa hon.",
    ],
    "Danish": [
        "Den 5. maj kl. 10 mødes vi, f.eks. hos hr. Olsen.| Godt.",
        "Det er bl.a. brød, dvs. mad, osv.| Så går vi.| Christian 4. var konge.",
        "Ring på tlf. 12 34, nr. 5, ca. 3 km.| Tak.| Ved du det?| Jeg ved det.| Han går.",
    ],
    "Norwegian": [
        "Den 17. mai feirer vi, f.eks. i Oslo.| Kl. 12 går toget.| Fint.",
        "Det er bl.a. brød, dvs. mat, osv.| Så drar vi.| Kong Harald V. er konge.",
        "Hun bor i Storgt. 5 og han i Kirkevn. 12 i byen.| Fint.",
        "I det 19. århundre var det krig.| Se s. 5, jf. kap. 2.| Takk.",
    ],
    "Finnish": [
        "Tulen 3. toukokuuta klo. 10, esim. junalla.| Hyvä.",
        "Leipää, maitoa, jne.| Sitten menemme.| Se on n. 5 km, ks. s. 3.",
        "Kustaa II Aadolf oli kuningas.| Se on 2. kerros.| Kiitos.",
    ],
    "Polish": [
        "Prof. Kowalski, dr hab. Nowak i mgr inż. Lis mieszkają przy ul. Długiej 5.| Dobrze.",
        "Np. chleb, tzn. jedzenie, m.in. bułki, itd. są tu.| Kup chleb, mleko, itd.| Potem idź.",
        "To było w 1999 r. w Polsce.| W XX w. też.| Jest ich ok. 5 tys. w mieście.| Tak.",
        "Dnia 3. maja o godz. 10 spotkanie.| Zob. str. 5, rozdz. 2.| Tel. 12 34.",
        "Mec. Kos i ppor. Lis czytali art. 5 ust. 2 pkt. 3 ustawy.| Dobrze.",
        "Św. Jan i ks. Adam przyszli.| Al. Jerozolimskie 5.| Kosztuje 5 zł.| Tanio.",
    ],
    "Czech": [
        "Dne 1. května v 19. století byla válka.| Např. tzv. druhá.| Ano.",
        "Ing. Novák, MUDr. Malá a prof. Černý bydlí v ul. Dlouhá č. 5.| Dobře.",
        "Viz obr. 3 a odd. 2 knihy.| Jasné?",
        "Chléb, mléko, atd.| Pak jdeme.| Karel IV. byl král.| Viz str. 5.",
        "Tj. asi 5 tis. lidí, popř. méně.| Sv. Václav.| Ne.",
    ],
    "Slovak": ["Napr. chlieb, t. j. jedlo, atď. je tu.| Dňa 3. mája o 10. hodine.| Áno."],
    "Croatian": ["Dana 3. svibnja u 19. stoljeću, npr. ovdje, tj. tu, itd.| Dobro.| Dr. Horvat je tu."],
    "Hungarian": [
        "Pl. kenyér, ill. tej, stb. van itt.| Vegyél kenyeret, tejet, stb.| Aztán gyere.",
        "1848. március 15. óta ünnep.| A 19. században is.| Kb. 5 km, ld. 3. old.| Jó.",
        "Dr. Kiss és ifj. Nagy Pál jött.| IV. Béla király volt.| Igen.",
    ],
    "Romanian": [
        "Dl. Popescu și dna. Ionescu stau pe str. Lungă nr. 5, bl. 3, ap. 2.| Bine.",
        "Blocul 3, sc. 2, et. 5, jud. Cluj.| Vino.",
        "De ex. pâine, lapte, etc.| Apoi plecăm.| Sf. Ion e aici.| Vezi pag. 3.",
    ],
    "Turkish": [
        "Dr. Ayşe Hanım, Doç. Dr. Can Bey ve Av. Ali geldi.| Sn. Kaya gelmedi.",
        "Elma, armut vb. aldım.| Atatürk Cad. No. 5'te oturuyor.| İyi.",
        "2. Dünya Savaşı 1945'te bitti.| 19. yüzyılda başladı.| 3. kat boş.",
        "M.Ö. 50'de Roma vardı.| Bkz. s. 5.| Örn. ekmek.| Saat 10.30.| Geç kaldık.",
    ],
    "Greek": [
        "Ο κ. Παπαδόπουλος και η κα. Ιωάννου ήρθαν.| Ο Δρ. Νίκου όχι.",
        "Τι ώρα είναι;| Είναι 5 π.μ. τώρα.| Πού πας; |Πάω σπίτι.",
        "Πάρε π.χ. ψωμί, γάλα κ.λπ.| Μετά έλα.| Βλ. σελ. 5, αρ. 3.| Ναι.",
        "Το 50 π.Χ. ήταν ο Καίσαρας.| Το 50 μ.Χ. όχι.| Καλά.",
    ],
    "Russian": [
        "Проф. Иванов и г-н Петров живут на ул. Ленина, д. 5, кв. 3.| Хорошо.",
        "А. С. Пушкин родился в г. Москве в 1799 г. весной.| Он писал стихи.",
        "Дом 3, под. 1, эт. 5, у наб. реки.| Ак. Павлов жил там.",
        "Купи хлеб, молоко и т. д.| Потом приходи.| Это т. е. всё.| Да.",
        "Это стоит 5 тыс. руб. сегодня.| Это было в 1999 г.| Потом всё изменилось.",
        "См. стр. 5, рис. 3 и гл. 2.| Тел. 12-34.| «Иди!» — сказал он.| — Нет, — ответила она.",
        "В XIX в. была война.| Пётр I. правил долго.| Им. Горького.| Так.",
        "Это произошло в 50 г. до н. э. в Риме.| Все, т. е. люди, и др. ушли.",
    ],
    "Ukrainian": [
        "Проф. Коваль живе на вул. Шевченка, буд. 5, кв. 3.| Добре.",
        "Т. Г. Шевченко народився у 1814 р. навесні.| Він писав.| Див. стор. 5.",
        "Хліб, молоко тощо.| Потім ходімо.| Це коштує 5 тис. грн. сьогодні.",
    ],
    "Bulgarian": [
        "Проф. Иванов живее на ул. Раковски 5.| Това е през 1999 г. в София.| Добре.| Напр. хляб и др. неща."
    ],
    "Chinese": [
        "你好。|今天天气怎么样？|很好！|我们走吧……好吗？",
        "他说：“停。回去。”然后走了。|我留下了。",
        "价格是３．５元。|圆周率是3.14。|版本1.2.3发布了！|好的。",
        "请看README.md和example.com。|谢谢。|“真的吗？”她问。",
        "「你好。」他說。|「再見！」我走了｡|好。",
        "他（很累。）睡了。|（真的。）|然后呢？",
        "OK。|Yes！|No。",
    ],
    "Japanese": [
        "こんにちは。|お元気ですか？|はい！|そうですね…まあ。",
        "「はい。」と彼は言った。|「なぜ？」と聞いた。|分からない。",
        "値段は3.5円です。|v1.2を使う。|example.jpへ。|ｿｳﾃﾞｽ｡|はい。",
        "彼女は『行く！』と叫んだ。|そして消えた。",
    ],
    "Korean": [
        "안녕하세요.| 반갑습니다!| 3.5배예요?| 네.| 좋아요.",
        '그는 "가자." 하고 말했다.| 나는 웃었다.| example.kr로 가세요.| 끝.',
    ],
    "Arabic": [
        "مرحبا.| كيف حالك؟| أنا بخير!| شكرا.",
        "جاء د. أحمد و أ. سامي.| السعر ٣٫٥ أو 3.5 دولار.| انظر ص. 5.| نعم.",
        "كان ذلك عام 50 ق.م. في روما.| حسنا.",
    ],
    "Persian": ["سلام.| حال شما چطور است؟| من خوبم.| قیمت ۳٫۵ دلار است."],
    "Urdu": ["سلام۔| آپ کیسے ہیں؟| میں ٹھیک ہوں۔| ڈاکٹر احمد آئے۔"],
    "Hebrew": ["שלום.| מה שלומך?| אני בסדר!| תודה.", "ד. לוי גר ברח' הרצל 5.| המחיר 3.5 ש\"ח.| כן."],
    "Hindi": [
        "नमस्ते।| आप कैसे हैं?| मैं ठीक हूँ!| धन्यवाद।",
        "डॉ. शर्मा और श्री. वर्मा आए।| कीमत रु. 50 है।| पृ. 5 देखें।| ए. पी. जे. कलाम महान थे।",
        "यह अच्छा है.| वह घर गया.| ठीक है.",
    ],
    "Bengali": ["নমস্কার।| আপনি কেমন আছেন?| ডা. রায় এলেন।| ভালো।"],
    "Marathi": ["नमस्कार.| तुम्ही कसे आहात?| डॉ. जोशी आले.| छान."],
    "Tamil": ["வணக்கம்.| நலமா?| திரு. குமார் வந்தார்.| நன்றி.| விலை 3.5 ரூபாய்."],
    "Telugu": ["నమస్కారం.| మీరు ఎలా ఉన్నారు?| బాగున్నాను."],
    "Thai": ["ดร. สมชาย มาในปี พ.ศ. 2500 แล้ว", "สวัสดีครับ!| คุณสบายดีไหม?| ราคา 3.5 บาท"],
    "Vietnamese": [
        "Xin chào.| TS. Nam ở TP. Huế, Q. 3.| Bạn khỏe không?| Tôi khỏe.",
        "GS. Lan đến.| Giá 3.500 đồng.| Vâng.",
    ],
    "Indonesian": [
        "Bpk. Budi tinggal di Jl. Merdeka No. 5.| Harganya Rp. 500.| Roti, susu, dll.| Lalu pergi."
    ],
    "Burmese": ["မင်္ဂလာပါ။| နေကောင်းလား။| ကောင်းပါတယ်။"],
    "Khmer": ["ជំរាបសួរ។| អ្នកសុខសប្បាយទេ?| បាទ។"],
    "Armenian": ["Բարև:| Ինչպե՞ս ես։| Լավ եմ:| Գինը 3.5 է։"],
    "Georgian": ["გამარჯობა.| როგორ ხარ?| ფასი 3.5 ლარია.| კარგი!"],
    "Amharic": ["ሰላም።| እንዴት ነህ?| ደህና ነኝ።"],
    "Tibetan": ["བཀྲ་ཤིས།| བདེ་ལེགས།"],
}
CASES = [(language, text) for language, texts in TEXTS.items() for text in texts]


def streamed(pieces: list[str], *, short_first: bool = False) -> list[str]:
    cutter = SentenceCutter(short_first=short_first)
    return [unit for piece in pieces for unit in cutter.push(piece)] + cutter.flush()


def random_pieces(text: str, seed: int) -> list[str]:
    choose = random.Random(seed)
    pieces = []
    while text:
        size = choose.choice((1, 1, 2, 3, 5, 9))
        pieces.append(text[:size])
        text = text[size:]
    return pieces


@pytest.mark.parametrize(("language", "text"), CASES)
def test_sentences_end_where_a_listener_expects(language: str, text: str) -> None:
    sentences = [sentence.strip() for sentence in text.split("|")]
    assert streamed([text.replace("|", "")]) == sentences


@pytest.mark.parametrize("short_first", [False, True])
@pytest.mark.parametrize("language", TEXTS)
def test_the_units_of_no_language_depend_on_how_the_text_is_split(
    language: str, *, short_first: bool
) -> None:
    for marked in TEXTS[language]:
        text = marked.replace("|", "")
        whole = streamed([text], short_first=short_first)
        assert streamed(list(text), short_first=short_first) == whole
        assert streamed(random_pieces(text, 1), short_first=short_first) == whole
        assert "".join("".join(whole).split()) == "".join(text.split())
