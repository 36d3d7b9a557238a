"""What may stand beside a farewell and leave it one, in many languages."""

from __future__ import annotations

COURTESIES = {
    "en": (
        "well, so, then, now, and, anyway, hey, for today, for now, thanks, thank you, "
        "thank you very much, thanks very much, thank you so much, thanks so much, thanks a lot, "
        "many thanks, thanks again, thank you again, thanks a million, thanks a bunch, cheers, please, "
        "thanks for your help, thank you for your help, thanks for the help, thank you for the help, "
        "thanks for everything, thank you for everything, thanks for your time, thank you for your time, "
        "thank you for calling, thanks for calling, much appreciated, i appreciate it, "
        "thanks for all your help, thank you for all your help, that was helpful, "
        "you've been very helpful, you have been very helpful, very much, a lot, bye, bye bye, goodbye, "
        "farewell, ciao, see you, see ya, see you later, see you soon, see you tomorrow, see you then, "
        "see you around, see you next time, talk to you later, talk to you soon, talk to you tomorrow, "
        "speak to you later, speak to you soon, talk later, talk soon, catch you later, until then, "
        "until next time, until tomorrow, till tomorrow, till next time, later, so long, take care, "
        "take it easy, good night, good day, sleep well, sweet dreams, all the best, best wishes, "
        "god bless, stay safe, be well, good luck, you too, same to you, and you, likewise, everyone, "
        "everybody, all, you all, y'all, guys, you guys, folks, friend, my friend, friends, my friends, "
        "dear, my dear, mate, matey, buddy, pal, sir, madam, ma'am, miss, mister, ladies, gentlemen, "
        "ladies and gentlemen, captain, bot, robot, assistant, computer, that's all, that is all, "
        "that's everything, that is everything, that's it, that is it, that'll be all, that will be all, "
        "that would be all, that was all, that's all i needed, that's all i need, that's all i wanted, "
        "nothing else, i'm done, i am done, we're done, we are done, i'm finished, no thanks, "
        "no thank you, no that's all, i have to go, i have to go now, i've got to go, i got to go, "
        "i gotta go, gotta go, i must go, i need to go, i should go, i'd better go, i better go, "
        "i'm going now, i'm going, i'm leaving, i'm leaving now, i'm off, i have to leave, "
        "i need to leave, i have to run, i gotta run, got to go, got to run, time to go, "
        "let's stop here, i'll be back, it was nice talking to you, it was nice talking with you, "
        "nice talking to you, nice talking with you, good talking to you, it was good talking to you, "
        "great talking to you, it was great talking to you, nice chatting with you, "
        "it was nice to talk to you, nice to talk to you, nice to meet you, nice meeting you, "
        "it was nice meeting you, it was a pleasure, it's been a pleasure, my pleasure, a pleasure, ok, "
        "okay, alright, have, have a, have a very, you have a, hope you have a, i hope you have a, "
        "i wish you a, enjoy your day, enjoy the day, enjoy your evening, enjoy the evening, "
        "enjoy your weekend, enjoy the weekend, enjoy the rest of your day"
    ),
    "de": (
        "dann, na dann, also, nun, jetzt, so, und, danke, danke schön, dankeschön, danke sehr, "
        "danke dir, danke ihnen, danke euch, vielen dank, vielen lieben dank, besten dank, "
        "herzlichen dank, tausend dank, danke für die hilfe, danke für ihre hilfe, "
        "danke für deine hilfe, vielen dank für die hilfe, vielen dank für ihre hilfe, "
        "vielen dank für deine hilfe, danke für alles, bitte, bitte schön, nein danke, tschüss, tschüß, "
        "tschau, ciao, ade, servus, auf wiedersehen, wiedersehen, auf wiederhören, wiederhören, "
        "bis bald, bis dann, bis später, bis morgen, bis gleich, bis nächstes mal, bis zum nächsten mal, "
        "man sieht sich, wir sehen uns, wir hören uns, mach's gut, machs gut, machen sie's gut, "
        "macht's gut, alles gute, alles liebe, pass auf dich auf, passen sie auf sich auf, gute nacht, "
        "schlaf gut, schlafen sie gut, guten abend, einen guten abend, dir auch, ihnen auch, euch auch, "
        "gleichfalls, ebenso, ebenfalls, alle, alle zusammen, an alle, leute, ihr lieben, mein freund, "
        "freunde, mein lieber, meine liebe, lieber, liebe, herr, frau, kapitän, für heute, fürs erste, "
        "für jetzt, das war's, das wars, das war alles, das wäre alles, das wär's, das ist alles, "
        "mehr brauche ich nicht, ich muss los, ich muss jetzt los, ich muss gehen, ich muss jetzt gehen, "
        "ich muss weg, ich bin dann weg, ich gehe jetzt, war nett mit dir zu reden, hat mich gefreut, "
        "einen, eine, ein, noch, noch einen, noch eine, noch ein, ich wünsche, ich wünsche ihnen, "
        "ich wünsche dir, ich wünsche euch, tag noch"
    ),
    "fr": (
        "alors, donc, et, eh bien, allez, bon, merci, merci beaucoup, merci bien, merci infiniment, "
        "mille mercis, un grand merci, merci à vous, merci à toi, merci à tous, merci pour tout, "
        "merci pour votre aide, merci pour ton aide, merci de votre aide, merci de ton aide, "
        "s'il vous plaît, s'il te plaît, non merci, salut, au revoir, adieu, ciao, bye, bye bye, "
        "à bientôt, à plus, à plus tard, à tout à l'heure, à tout de suite, à demain, à la prochaine, "
        "à une prochaine fois, on se voit bientôt, à la prochaine fois, portez vous bien, "
        "porte toi bien, prenez soin de vous, prends soin de toi, bonne nuit, bonne journée, "
        "bonne soirée, bonne continuation, bonne fin de journée, bon après midi, bonne après midi, "
        "bon week end, bonne chance, passez une bonne journée, passe une bonne journée, "
        "passez une bonne soirée, passe une bonne soirée, très bonne journée, très bonne soirée, "
        "excellente journée, excellente soirée, à vous aussi, à toi aussi, vous aussi, toi aussi, "
        "de même, tout le monde, à tous, à toutes, tous, mon ami, mon amie, mes amis, les amis, "
        "monsieur, madame, mademoiselle, capitaine, mon capitaine, pour aujourd'hui, pour le moment, "
        "pour l'instant, c'est tout, ce sera tout, c'est tout pour aujourd'hui, ça sera tout, "
        "rien d'autre, je dois y aller, je dois partir, je dois vous laisser, je dois te laisser, "
        "il faut que j'y aille, j'y vais, je m'en vais, je vous laisse, je te laisse, maintenant"
    ),
    "es": (
        "pues, entonces, y, ahora, gracias, muchas gracias, mil gracias, muchísimas gracias, "
        "gracias por todo, gracias por tu ayuda, gracias por su ayuda, gracias por la ayuda, "
        "muchas gracias por todo, muchas gracias por su ayuda, muchas gracias por tu ayuda, por favor, "
        "no gracias, adiós, adios, chao, chau, hasta luego, hasta pronto, hasta mañana, hasta la vista, "
        "hasta la próxima, hasta entonces, hasta otra, nos vemos, nos vemos luego, nos vemos pronto, "
        "nos vemos mañana, te veo luego, hablamos, hablamos luego, cuídate, cuídese, que le vaya bien, "
        "que te vaya bien, buen día, buenas noches, buenas tardes, que tengas un buen día, "
        "que tenga un buen día, que tengas buen día, que tenga buen día, que tengas una buena tarde, "
        "que tenga una buena tarde, que tengas buena noche, que tenga buena noche, "
        "que pases un buen día, que pase un buen día, que descanses, que descanse, feliz día, "
        "feliz noche, buen fin de semana, igualmente, a ti también, a usted también, a ti, a usted, "
        "a todos, todos, todo el mundo, amigo, amiga, amigos, mi amigo, señor, señora, señorita, "
        "capitán, por hoy, por ahora, eso es todo, eso es todo por hoy, eso sería todo, nada más, "
        "me voy, ya me voy, tengo que irme, me tengo que ir, debo irme, un placer, ha sido un placer, "
        "fue un placer, un saludo, saludos"
    ),
    "it": (
        "allora, dunque, e, quindi, beh, grazie, grazie mille, molte grazie, tante grazie, "
        "grazie di tutto, grazie per l'aiuto, per favore, no grazie, ciao, ciao ciao, arrivederci, "
        "addio, a presto, a dopo, a domani, alla prossima, ci vediamo, ci sentiamo, buona giornata, "
        "buona serata, buona notte, buonanotte, buon pomeriggio, buon fine settimana, stammi bene, "
        "stia bene, anche a te, anche a lei, altrettanto, a tutti, tutti, amico, amico mio, signore, "
        "signora, capitano, per oggi, per ora, è tutto, questo è tutto, nient'altro, devo andare, "
        "ora devo andare, adesso, ora"
    ),
    "pt": (
        "então, e, agora, obrigado, obrigada, muito obrigado, muito obrigada, obrigado por tudo, "
        "obrigada por tudo, valeu, por favor, não obrigado, não obrigada, tchau, tchau tchau, adeus, "
        "até logo, até mais, até breve, até amanhã, até a próxima, até à próxima, até depois, um abraço, "
        "abraço, abraços, bom dia, boa tarde, boa noite, tenha um bom dia, tem um bom dia, "
        "tenha uma boa tarde, tenha uma boa noite, bom fim de semana, igualmente, pra você também, "
        "para você também, a todos, todos, pessoal, gente, amigo, amiga, senhor, senhora, capitão, "
        "por hoje, por agora, é tudo, isso é tudo, é só isso, só isso, mais nada, tenho que ir, "
        "preciso ir, vou indo"
    ),
    "nl": (
        "dan, nou, en, nu, dus, bedankt, dank je, dank je wel, dank u, dank u wel, dankjewel, dankuwel, "
        "heel erg bedankt, hartelijk bedankt, bedankt voor alles, bedankt voor je hulp, "
        "bedankt voor uw hulp, alsjeblieft, alstublieft, nee bedankt, nee dank je, nee dank u, doei, "
        "doeg, dag, daag, hoi, ciao, tot ziens, tot later, tot straks, tot morgen, tot gauw, "
        "tot de volgende keer, tot dan, fijne dag, fijne dag nog, een fijne dag, fijne avond, "
        "fijne avond nog, goedenavond, welterusten, slaap lekker, prettige dag, prettige avond, jij ook, "
        "u ook, hetzelfde, allemaal, iedereen, vriend, mijn vriend, meneer, mevrouw, kapitein, "
        "voor vandaag, voor nu, dat was het, dat was alles, dat is alles, ik moet gaan, "
        "ik moet ervandoor, ik ga"
    ),
    "pl": (
        "więc, no to, teraz, dzięki, wielkie dzięki, dziękuję, dziękuję bardzo, bardzo dziękuję, "
        "dziękuję za pomoc, dziękuję za wszystko, proszę, nie dziękuję, cześć, pa, pa pa, do widzenia, "
        "do zobaczenia, do usłyszenia, do jutra, na razie, trzymaj się, miłego dnia, miłego wieczoru, "
        "dobranoc, nawzajem, wszystkim, wszyscy, kapitanie, na dziś, na dzisiaj, to wszystko, to tyle, "
        "muszę iść, muszę kończyć"
    ),
    "ru": (
        "ну, тогда, так, и, а, теперь, что ж, ну что ж, спасибо, большое спасибо, спасибо большое, "
        "спасибо за помощь, спасибо за всё, благодарю, пожалуйста, нет спасибо, пока, пока пока, "
        "до свидания, до встречи, до скорого, до скорой встречи, до завтра, всего доброго, "
        "всего хорошего, удачи, хорошего дня, хорошего вечера, доброй ночи, спокойной ночи, прощай, "
        "прощайте, вам тоже, тебе тоже, взаимно, всем, друзья, друг, мой друг, капитан, на сегодня, "
        "это всё, это все, всё, мне пора, мне пора идти"
    ),
    "tr": (
        "o zaman, ve, şimdi, teşekkürler, teşekkür ederim, çok teşekkürler, çok teşekkür ederim, sağ ol, "
        "sağ olun, sağol, sağolun, lütfen, hayır teşekkürler, hoşça kal, hoşça kalın, hoşçakal, "
        "hoşçakalın, güle güle, görüşürüz, görüşmek üzere, sonra görüşürüz, yarın görüşürüz, iyi günler, "
        "iyi akşamlar, iyi geceler, kendine iyi bak, kendinize iyi bakın, sana da, size de, herkese, "
        "arkadaşım, kaptan, bugünlük, bu kadar, hepsi bu, gitmem lazım, gitmem gerek"
    ),
    "ar": (
        "إذن, اذن, و, الآن, شكرا, شكرا جزيلا, شكرا لك, شكرا لكم, شكرا على المساعدة, من فضلك, لا شكرا, "
        "مع السلامة, الى اللقاء, إلى اللقاء, وداعا, في أمان الله, في امان الله, أراك لاحقا, أراك غدا, "
        "يوما سعيدا, طاب يومك, تصبح على خير, للجميع, جميعا, يا صديقي, يا كابتن, هذا كل شيء, لهذا اليوم, "
        "يجب أن أذهب"
    ),
    "hi": (
        "तो, और, अब, धन्यवाद, बहुत धन्यवाद, बहुत बहुत धन्यवाद, शुक्रिया, बहुत शुक्रिया, "
        "बहुत बहुत शुक्रिया, थैंक यू, थैंक्स, कृपया, नहीं धन्यवाद, नमस्ते, अलविदा, बाय, बाय बाय, "
        "फिर मिलेंगे, फिर मिलते हैं, कल मिलेंगे, शुभ रात्रि, शुभ दिन, आपका दिन शुभ हो, आपको भी, सबको, "
        "दोस्त, मेरे दोस्त, बस इतना ही, आज के लिए, मुझे जाना है"
    ),
    "ja": (
        "では, それでは, それじゃ, それじゃあ, じゃ, じゃあ, まあ, と, どうも, ありがとう, "
        "ありがとうございます, ありがとうございました, どうもありがとう, どうもありがとうございました, "
        "どうもありがとうございます, 本当にありがとうございました, すみません, お願いします, さようなら, "
        "さよなら, バイバイ, ばいばい, またね, また, また明日, またあした, また今度, またあとで, "
        "また後で, 失礼します, 失礼いたします, お疲れ様でした, おやすみ, おやすみなさい, 良い一日を, "
        "よい一日を, お元気で, 気をつけて, みなさん, 皆さん, みんな, 今日はこれで, 今日はここまで, "
        "以上です, 結構です, いいえ結構です, もう行かないと, ね, 船長, さん"
    ),
    "zh": (
        "那, 那么, 那好, 先, 就, 了, 吧, 啦, 哦, 现在, 谢谢, 谢谢你, 谢谢您, 多谢, 非常感谢, 感谢, "
        "十分感谢, 谢谢大家, 谢谢你的帮助, 请, 不用了, 不用了谢谢, 不了谢谢, 再见, 拜拜, 回见, 再会, "
        "明天见, 待会见, 下次见, 一会儿见, 晚安, 祝你愉快, 祝您愉快, 祝你有美好的一天, 祝您有美好的一天, "
        "保重, 你也是, 您也是, 大家, 各位, 朋友, 朋友们, 船长, 先生, 女士, 今天就到这里, 今天就到这, "
        "就这样, 就这些, 没有了, 没别的了, 我要走了, 我得走了, 我走了, 謝謝, 謝謝你, 謝謝您, 多謝, 再見, "
        "掰掰, 明天見, 下次見, 就這樣"
    ),
    "ko": (
        "그럼, 자, 이제, 그러면, 감사합니다, 정말 감사합니다, 고마워, 고마워요, 고맙습니다, "
        "정말 고마워요, 아니요 괜찮아요, 괜찮아요, 안녕, 안녕히 계세요, 안녕히 가세요, 잘 가, 잘 있어, "
        "바이바이, 또 봐, 또 봐요, 다음에 봐요, 다음에 만나요, 내일 봐요, 나중에 봐요, 좋은 하루 되세요, "
        "좋은 하루 보내세요, 잘 자, 안녕히 주무세요, 여러분, 모두, 친구, 선장님, 오늘은 여기까지, 이만, "
        "끊을게요, 가볼게요, 수고하세요, 수고하셨습니다"
    ),
}
"""By language, since all are looked for whatever the bot speaks: phrases, with commas between them."""
WISHES = {
    "en": (
        "nice, good, great, lovely, wonderful, pleasant, safe, happy, fantastic, beautiful, blessed",
        "day, evening, night, afternoon, morning, weekend, week, time, trip, journey, holiday, one, "
        "rest of your day, rest of the day",
    ),
    "de": (
        "schönen, schöne, schönes, guten, gute, gutes, angenehmen",
        "tag, abend, nachmittag, morgen, woche, wochenende",
    ),
}
"""By language, the adjectives and nouns that wishes are made of."""
