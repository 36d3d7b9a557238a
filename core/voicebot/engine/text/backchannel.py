"""What listeners say without wanting the turn, in many languages."""

from __future__ import annotations

BACKCHANNELS = {
    "sounds": (
        "m, mm, mhm, mm hm, mmhm, mhmhm, hm, hmm, hm hm, hum, uh, uh huh, huh, uhum, aham, aha, ah, ahh, "
        "eh, oh, ooh, wow, ha, haha, ha ha, ah ha, he he, heh, hehe, hihi, ho ho, lol, ahem, phew, whoa, "
        "laugh, laughs, laughing, laughter, chuckle, chuckles, chuckling, giggle, giggles, giggling, "
        "cough, coughs, coughing, sneeze, sneezes, sneezing, sigh, sighs, sighing, sniff, sniffs, "
        "clears throat, throat clearing, breathing, breathes, uhm hum, um hum, mhum, ahaha, ahahaha, "
        "hahah, bahaha, mwahaha"
    ),
    "en": (
        "ok, okay, okey, okie, okey dokey, kay, k, yeah, yea, yah, ya, yep, yup, yes, yess, aye, sure, "
        "sure thing, for sure, right, alright, all right, i see, i see i see, got it, i got it, got you, "
        "gotcha, cool, nice, very nice, great, that's great, good, very good, that's good, fine, "
        "that's fine, really, oh really, true, so true, that's true, that's right, you're right, "
        "you are right, exactly, absolutely, definitely, totally, certainly, indeed, correct, of course, "
        "perfect, excellent, awesome, amazing, fantastic, wonderful, brilliant, lovely, interesting, "
        "that's interesting, very interesting, how interesting, makes sense, that makes sense, "
        "sounds good, sounds good to me, that sounds good, sounds great, fair enough, fair point, alrighty, "
        "righto, okidoki, i know, i know right, i understand, understood, "
        "i hear you, oh my, oh my god, oh god, oh boy, my goodness, gosh"
    ),
    "de": (
        "ja, jaja, jap, jep, joa, jo, jawohl, jawoll, na ja, okay, genau, ganz genau, gut, sehr gut, "
        "klar, alles klar, na klar, ist klar, stimmt, das stimmt, stimmt schon, stimmt genau, achso, ach so, "
        "ach, ach ja, ach wirklich, aha, toll, super, prima, richtig, ganz richtig, wirklich, echt, "
        "ach echt, verstehe, ich verstehe, verstanden, alles gut, in ordnung, geht klar, natürlich, sicher, "
        "sicherlich, selbstverständlich, schön, sehr schön, wunderbar, perfekt, klasse, interessant, "
        "eben, passt, einverstanden, exakt, absolut, ah so, mhm ja, hab ich, weiß ich, ich weiß, "
        "logisch, freilich, gern, gerne, das ist gut, klingt gut, so ist es, krass, cool"
    ),
    "fr": (
        "oui, ouais, ouaip, ben oui, bah oui, mais oui, voilà, voila, et voilà, bien sûr, bien sur, "
        "bien, très bien, c'est bien, d'accord, ok d'accord, d'ac, c'est ça, c'est ca, c'est vrai, "
        "c'est exact, c'est clair, exact, exactement, tout à fait, tout a fait, entendu, bien entendu, "
        "compris, j'ai compris, je comprends, je vois, je sais, parfait, super, génial, genial, bon, "
        "ah bon, ah oui, ah ouais, ah d'accord, vraiment, effectivement, en effet, certes, certainement, "
        "absolument, évidemment, carrément, ça marche, ca marche, ça va, ca va, pas de problème, "
        "pas de souci, intéressant, formidable, magnifique, eh oui, euh oui, si si, mouais"
    ),
    "es": (
        "sí, si, sip, ajá, aja, ujum, mjm, vale, vale vale, claro, claro que sí, claro que si, "
        "por supuesto, de acuerdo, está bien, esta bien, ya, ya veo, ya sé, lo sé, bien, muy bien, "
        "qué bien, que bien, bueno, exacto, exactamente, así es, asi es, eso, eso es, es verdad, verdad, "
        "es cierto, cierto, correcto, en efecto, efectivamente, entiendo, ya entiendo, entendido, "
        "comprendo, comprendido, perfecto, genial, estupendo, fenomenal, excelente, interesante, "
        "qué interesante, okey, dale, órale, orale, desde luego, seguro, ah sí, ah si, de verdad, "
        "en serio, ah bueno, ah vale, ah ya, jaja, ja ja, jajaja, jeje"
    ),
    "it": (
        "sì, si, sissì, già, gia, certo, certamente, ma certo, va bene, va benissimo, bene, molto bene, "
        "d'accordo, esatto, esattamente, giusto, vero, è vero, capito, ho capito, capisco, ok, perfetto, "
        "ottimo, bello, interessante, davvero, infatti, appunto, ah ecco, ecco, ah sì, naturalmente, "
        "ovviamente, "
        "chiaro, ci sono, tutto chiaro, benissimo, sicuro, vabbè, va be"
    ),
    "pt": (
        "sim, pois, pois é, é, tá, tá bom, ta bom, tá bem, ta bem, está bem, está bom, tá certo, certo, "
        "claro, claro que sim, com certeza, isso, isso mesmo, é isso, exato, exatamente, é verdade, "
        "verdade, entendi, entendo, percebo, já percebi, beleza, ótimo, otimo, perfeito, muito bem, "
        "que bom, bom, bem, de acordo, combinado, ok, aham, uhum, sei, já sei, bacana, fixe, "
        "interessante, rs, kkk"
    ),
    "nl": (
        "ja, jaja, jawel, ja hoor, jazeker, zeker, zeker weten, oké, oke, goed, heel goed, prima, "
        "precies, klopt, dat klopt, juist, inderdaad, natuurlijk, tuurlijk, uiteraard, begrijp ik, "
        "ik begrijp het, begrepen, ik snap het, snap ik, duidelijk, leuk, mooi, oh ja, och, ach zo, "
        "akkoord, is goed, dat is waar, echt waar, echt, interessant, ik weet het"
    ),
    "pl": (
        "tak, tak tak, dobrze, dobra, w porządku, jasne, oczywiście, pewnie, rozumiem, zrozumiałem, "
        "zrozumiałam, racja, dokładnie, właśnie, świetnie, super, okej, zgoda, zgadza się, aha, prawda, "
        "naprawdę, fajnie, ciekawe"
    ),
    "ru": (
        "да, да да, ага, угу, ну да, да конечно, конечно, хорошо, ладно, понятно, понял, поняла, "
        "я понял, я поняла, ясно, всё ясно, верно, точно, именно, согласен, согласна, окей, ок, отлично, "
        "здорово, правильно, так, вот как, правда, интересно, м, мм, хм, ах, ох, ого, ха, ха ха, хаха, "
        "хахаха, класс, супер"
    ),
    "uk": (
        "так, так так, ага, угу, добре, гаразд, зрозуміло, зрозумів, зрозуміла, ясно, звичайно, звісно, "
        "точно, саме так, правильно, чудово, окей, ок, згоден, згодна, авжеж, цікаво, справді"
    ),
    "cs": (
        "ano, jo, jojo, jasně, dobře, dobrá, přesně, přesně tak, rozumím, chápu, aha, jistě, samozřejmě, "
        "správně, pravda, fajn, super, tak jo, okej, opravdu"
    ),
    "sk": ("áno, jasné, dobre, presne, rozumiem, chápem, iste, samozrejme, správne, fajn"),
    "hu": (
        "igen, ja, jó, jól van, rendben, oké, értem, persze, pontosan, így van, aha, tényleg, igaz, "
        "helyes, természetesen, világos, szuper"
    ),
    "ro": (
        "da, da da, bine, foarte bine, sigur, exact, înțeleg, am înțeles, desigur, corect, așa e, "
        "așa este, în regulă, ok, aha, adevărat, perfect, serios"
    ),
    "el": (
        "ναι, ναι ναι, εντάξει, οκέι, οκ, μάλιστα, σωστά, ωραία, ακριβώς, καλά, κατάλαβα, βέβαια, "
        "φυσικά, έτσι, αλήθεια, τέλεια"
    ),
    "sv": (
        "ja, jo, japp, jaha, jaså, mm, okej, precis, just det, visst, bra, jättebra, absolut, javisst, "
        "självklart, jag förstår, förstår, exakt, okej då, verkligen, kul"
    ),
    "no": (
        "ja, jo, jepp, akkurat, greit, nettopp, ok, okei, bra, riktig, selvfølgelig, jeg forstår, "
        "skjønner, jeg skjønner, det stemmer, stemmer, jaha, flott, virkelig, klart"
    ),
    "da": (
        "ja, jo, jep, okay, nemlig, præcis, fint, godt, lige præcis, det er rigtigt, rigtigt, "
        "selvfølgelig, jeg forstår, forstået, nå, nå ja, klart, virkelig"
    ),
    "fi": (
        "joo, juu, kyllä, niin, niinpä, selvä, okei, aivan, ymmärrän, hyvä, totta, tietenkin, tottakai, "
        "tarkalleen, joo joo, vai niin, hienoa"
    ),
    "tr": (
        "evet, evet evet, hı hı, hıhı, hı, ha, tamam, tamamdır, peki, peki peki, olur, doğru, çok doğru, "
        "anladım, anlıyorum, tabii, tabi, tabii ki, tabi ki, aynen, aynen öyle, güzel, çok güzel, öyle, "
        "öyle mi, elbette, kesinlikle, haklısın, haklısınız, iyi, çok iyi, süper, harika, okey, "
        "gerçekten mi, hadi ya, biliyorum"
    ),
    "ar": (
        "نعم, أجل, اجل, ايوه, أيوه, ايوة, أيوة, أيوا, ايوا, اه, آه, أه, تمام, حسنا, حسناً, صحيح, "
        "هذا صحيح, طيب, اوكي, أوكي, أوكيه, اوكيه, أكيد, اكيد, طبعا, بالطبع, بالتأكيد, ماشي, مفهوم, فهمت, "
        "جيد, جيد جدا, ممتاز, بالضبط, موافق, هكذا إذن, حقا, رائع, هه, ههه, هههه"
    ),
    "fa": (
        "بله, آره, اره, باشه, درسته, خب, خوب, خیلی خوب, اوکی, اوهوم, آها, اها, فهمیدم, متوجه شدم, "
        "متوجهم, دقیقا, حتما, البته, عالی, واقعا"
    ),
    "ur": ("ہاں, جی, جی ہاں, ہاں جی, اچھا, ٹھیک, ٹھیک ہے, بالکل, صحیح, اوکے, ہمم, سمجھ گیا, سمجھ گئی"),
    "he": (
        "כן, כן כן, אוקיי, אוקי, בסדר, נכון, טוב, אה, אהה, בטח, ברור, הבנתי, אני מבין, אני מבינה, בדיוק, "
        "מעולה, יופי, סבבה, באמת, חח, חחח"
    ),
    "hi": (
        "हाँ, हां, हा, जी, जी हाँ, जी हां, हाँ जी, हां जी, जी जी, ठीक, ठीक है, अच्छा, अच्छा जी, "
        "बहुत अच्छा, सही, सही है, सही बात है, बिल्कुल, बिलकुल, हम्म, हूँ, हूं, ओके, समझ गया, समझ गयी, "
        "समझ गई, मैं समझ गया, मैं समझ गई, ज़रूर, जरूर, वाह, सच में, ओह, अरे वाह"
    ),
    "bn": ("হ্যাঁ, হ্যা, হা, জি, জী, আচ্ছা, ঠিক, ঠিক আছে, হুম, হুঁ, বুঝেছি, বুঝলাম, অবশ্যই, ভালো, খুব ভালো, ওকে, সত্যি"),
    "ta": ("ஆமா, ஆமாம், ஆம், சரி, ம், ம்ம், ஓகே, புரிந்தது, புரிகிறது, நல்லது, நிச்சயமாக, அப்படியா, உண்மையா"),
    "te": ("అవును, సరే, ఓకే, అలాగే, అర్థమైంది, మంచిది, నిజమే, ఊ"),
    "mr": ("हो, होय, बरं, बरोबर, ठीक आहे, समजलं, नक्की"),
    "gu": ("હા, જી, સારું, બરાબર, ઠીક છે, ઓકે, સમજાઈ ગયું"),
    "pa": ("ਹਾਂ, ਜੀ, ਹਾਂ ਜੀ, ਠੀਕ ਹੈ, ਅੱਛਾ, ਚੰਗਾ"),
    "th": (
        "ครับ, ค่ะ, คะ, จ้ะ, จ้า, ใช่, ใช่ครับ, ใช่ค่ะ, ใช่แล้ว, โอเค, โอเคครับ, โอเคค่ะ, อืม, อือ, อ๋อ, "
        "อ่า, ได้, ได้ครับ, ได้ค่ะ, เข้าใจ, เข้าใจแล้ว, ดี, ดีครับ, ดีค่ะ, จริงด้วย, จริงเหรอ, แน่นอน, "
        "ถูกต้อง, ตกลง, ฮ่า, ๆ"
    ),
    "vi": (
        "vâng, vâng ạ, dạ, dạ vâng, ừ, ừm, uh, đúng, đúng rồi, đúng vậy, được, được rồi, phải, ok, ô kê, "
        "hiểu rồi, tôi hiểu, tôi hiểu rồi, tất nhiên, chắc chắn, tốt, hay quá, thế à, vậy à, à"
    ),
    "id": (
        "ya, iya, ya ya, oke, baik, baiklah, betul, benar, siap, tentu, tentu saja, mengerti, "
        "saya mengerti, paham, bagus, oh begitu, oh gitu, sip, boleh, faham, saya faham"
    ),
    "tl": ("oo, opo, sige, okey, tama, talaga, ganun ba, siyempre, naiintindihan ko"),
    "sw": ("ndiyo, ndio, sawa, sawa sawa, naam, kweli, haya, nimeelewa"),
    "ja": (
        "はい, はいはい, うん, うんうん, ええ, ええ ええ, そう, そうそう, そうです, そうですね, "
        "そうですか, そうだね, そうなんだ, そうなんですね, そうか, そっか, なるほど, なるほどね, "
        "なるほどですね, へえ, へー, ほう, ほー, ふうん, ふーん, ふむ, ふむふむ, うーん, あー, ああ, あ, "
        "おー, おお, わかった, わかりました, 分かった, 分かりました, わかります, 了解, 了解です, "
        "了解しました, りょうかい, かしこまりました, 承知しました, オッケー, オーケー, オーケーです, "
        "いいね, いいですね, いいよ, たしかに, 確かに, もちろん, ほんと, ほんとに, 本当, 本当に, "
        "本当ですか, すごい, すごいね, すごいですね, はは, ははは, あはは, ハハ, ハハハ, ふふ, ふふふ, "
        "笑, ですよね, だよね, ですね, その通り, そのとおり, おもしろい, 面白い"
    ),
    "zh": (
        "嗯, 嗯哼, 恩, 好, 好的, 好呀, 好啊, 好吧, 好嘞, 好滴, 很好, 太好了, 行, 行吧, 行啊, 可以, "
        "可以的, 是, 是的, 是啊, 是吗, 是嗎, 是呀, 对, 对的, 对啊, 对呀, 对对, 没错, 哦, 噢, 喔, 啊, 呃, "
        "哎, 唉, 诶, 哇, 哈, 哈哈, 呵, 呵呵, 嘿嘿, 嘻嘻, 明白, 明白了, 我明白, 我明白了, 知道, 知道了, "
        "我知道, 我知道了, 懂了, 我懂了, 了解, 了解了, 收到, 当然, 当然可以, 确实, 的确, 真的, 真的吗, "
        "原来如此, 这样啊, 这样子, 原来是这样, 没问题, 有道理, 同意, 就是, 就是啊, 對, 對的, 對啊, 對呀, "
        "沒錯, 當然, 當然可以, 確實, 的確, 真的嗎, 原來如此, 這樣啊, 沒問題, 係, 係呀, 係啊, 啱, 好啦, "
        "明喇, 知喇"
    ),
    "ko": (
        "네, 넵, 네네, 예, 예예, 응, 응응, 어, 어어, 음, 으음, 아, 아아, 오, 와, 아하, 그래, 그래요, "
        "그렇구나, 그렇군요, 그렇죠, 그렇지, 그러네, 그러네요, 그러게, 그러게요, 맞아, 맞아요, 맞습니다, "
        "맞네요, 알겠어, 알겠어요, 알겠습니다, 알았어, 알았어요, 알아, 알아요, 좋아, 좋아요, 좋네요, "
        "좋습니다, 오케이, 아 네, 아 그래요, 당연하지, 당연하죠, 물론, 물론이죠, 정말, 정말요, 진짜, "
        "진짜요, 하하, 하하하, 호호, 히히, ㅋ, ㅋㅋ, ㅎㅎ, 이해했어요, 이해했습니다, 재밌네요, 그럼요"
    ),
}
"""By language, since all are looked for whatever the bot speaks: phrases, with commas between them.

They leave out what is an answer of its own or tells the bot what to do, such as "no", "thanks" and "go on".
"""
LAUGHS = ("ha", "he", "hi", "hee", "ja", "je", "ха", "хе", "ه")
"""Syllables that make a laugh when there are more of them."""
REFUSALS = frozenset({("uh", "uh"), ("huh", "uh"), ("mm", "mm")})
"""What sounds like assent twice and says no."""
