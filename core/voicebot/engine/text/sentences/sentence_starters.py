"""Words that begin sentences, and words beside numbers that count: both tell what a full stop means."""

from __future__ import annotations

SENTENCE_STARTERS = frozenset(
    # English
    "a an the this that these those there here it its he his him she her hers we our they their i my you "
    "your who what when where why how which if in on at by to for from with without after before as while "
    "since because but and or so yet then now however also still even just only not no yes yeah ok okay "
    "well maybe perhaps please let do does did don doesn didn isn aren wasn weren won wouldn couldn "
    "shouldn hasn haven hadn is are was were will would can could should shall may might must have has "
    "had be come go tell ask see look take make give get try use read call say wait stop thanks thank "
    "good great too all any both each every some many most few one once during today tomorrow yesterday "
    "again next first finally fine sure right bring people everyone everybody nobody someone nothing "
    "something never always often sometimes usually unfortunately fortunately although though unless "
    "until meanwhile therefore instead "
    # German
    "der die das den dem des ein eine einen einem einer er sie es wir ihr ich du man mein dein sein unser "
    "euer dieser diese dieses dort da dann danach nun jetzt heute gestern morgen aber und oder doch denn "
    "wenn als weil obwohl während nach vor mit ohne für bei seit trotz auch nur noch nicht kein keine ja "
    "nein gut bitte danke wer was wo wann warum wie welche ist sind war waren hat haben wird werden kann "
    "können soll muss darf alle viele jeder im am zum zur vom beim hier so schon sehr später zuerst "
    "leider vielleicht natürlich alles sonst daher deshalb "
    # French
    "le la les un une des il elle ils elles on nous vous je tu ce cet cette ces mon ma mes son sa ses "
    "notre votre leur leurs dans sur avec sans pour par chez mais et ou donc car si quand comme puis "
    "ensuite enfin alors après avant oui non bon bien merci qui que quoi où comment pourquoi c'est est "
    "sont était a ont c j l d n s qu y voici voilà "
    # Spanish, Portuguese, Italian, Catalan
    "el los las lo unos unas él ella ellos ellas nosotros usted ustedes yo tú su sus mi mis tu nuestro "
    "este esta esto estos estas ese esa aquel pero y o ni si cuando porque aunque después antes ahora hoy "
    "ayer mañana luego también no sí bien gracias qué quién cómo dónde cuándo por para con sin desde "
    "hasta es son era fue hay está están a os as um uma ele ela eles elas nós eu você vocês seu sua meu "
    "minha isto isso mas e se depois agora hoje também não sim obrigado em na com sem é são foi il i gli "
    "uno lui lei loro noi voi io ma anche poi dopo prima adesso oggi ieri domani sì grazie chi che cosa "
    "dove perché come nel nella senza è sono ha hanno questo questa quello va els les una ell però "
    # Dutch
    "de het een hij zij ze wij we jij je ik u hun ons onze mijn zijn haar dit dat deze die maar en of "
    "want toen nu daar hier ook niet geen ja nee goed dank wie wat waar wanneer waarom hoe is was in op "
    "met voor naar van na om daarna "
    # Swedish, Danish, Norwegian, Finnish
    "den det de han hon hun hen vi jag jeg ni du min din sin vår vores var er är en ett et men och og "
    "eller så sen sedan då nå nu idag igår imorgon här der där her också også inte ikke ja nej nei bra "
    "tack takk tak vem hvem vad hva hvad när hvor efter etter före med uten utan för for från fra till "
    "til på i om hän he me te se ne minä sinä tämä tuo nämä mutta tai sitten nyt tänään eilen huomenna "
    "myös ei kyllä hyvä kiitos "
    # Polish, Czech, Slovak, Croatian, Hungarian, Romanian, Turkish
    "on ona ono oni one my wy ja ty to ten ta te tam tu teraz potem dziś wczoraj jutro ale i lub że gdy "
    "jeśli kto co gdzie kiedy jak nie tak dobrze dziękuję po przed w we z ze na do od jest był była są já "
    "vy a nebo pak potom teď dnes včera zítra ano ne dobře děkuji kdo kde kdy před v ve je byl byla jsou "
    "bol bola áno dobre ďakujem mi vi ti ali ili onda sada danas da dobro hvala ő ők én ez az egy de és "
    "vagy akkor most ma tegnap holnap igen nem jó köszönöm ki hol mikor el ea ei ele noi voi eu acest "
    "această dar și sau apoi acum azi ieri mâine nu bine mulțumesc o onlar biz siz ben sen bu şu ama "
    "fakat veya sonra şimdi bugün dün yarın evet hayır iyi teşekkürler kim "
    # Russian, Ukrainian, Bulgarian, Greek
    "он она оно они мы вы я ты это этот эта эти тот та там тут здесь теперь сейчас потом затем сегодня "
    "вчера завтра но и а или если когда кто что где как почему не нет да хорошо спасибо после до в во с "
    "со на из от по за к у его её их все всё так был была было были есть вона вони ми ви це цей ця зараз "
    "потім але або якщо коли хто що де як чому ні добре дякую після його її їх був була були той тя те "
    "ние вие аз това ако кога кой какво къде ο η το οι τα ένας μια ένα αυτός αυτή αυτό αυτοί εμείς εσείς "
    "εγώ εσύ και αλλά ή αν όταν ποιος τι πού πώς γιατί δεν όχι ναι καλά ευχαριστώ μετά πριν τώρα σήμερα "
    "χθες αύριο στο στη στην στον με από για θα ήταν είναι".split()
)

AFTER_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun est edt et pst "
    "pdt pt cst cdt ct mst mdt mt gmt utc cet cest bst ist jst aest eastern pacific central mountain "
    "local greenwich london".split()
)
"""Words that go on after "9 a.m."."""

BEFORE_ORDINALS = frozenset(
    # German
    "der die das dem den des im vom zum zur beim ins am und oder jeder jede jedes jeden jedem bis dieser "
    "diesem diese dieses seit ab erst mein sein ihr ihren ihrem unser seinen seinem seiner ihrer meinen "
    "meinem meiner jenem "
    # Danish, Norwegian, Swedish, Icelandic, Finnish, Estonian
    "den det på fra til i og denne hans hendes hennes deres toukokuun "
    # Czech, Slovak, Polish, Croatian, Slovene
    "dne dňa dnia od do ode v ve na po u za i a".split()
)
"""Words before a number with a full stop that counts something, in languages that write ordinals so."""

COUNTED = frozenset(
    # months, days and nouns that ordinals stand before, in languages that give them capitals
    "januar jänner februar märz april mai juni juli august september oktober november dezember jan feb "
    "mär apr aug sep sept okt nov dez montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "jahrhundert jahrhunderts jahrtausend stock stockwerk etage platz klasse mal tag monat jahr weltkrieg "
    "kapitel akt satz spieltag bundesliga liga runde auflage geburtstag hälfte viertel quartal semester "
    "schritt preis rang teil band lebensjahr verdenskrig verdenskrigen århundrede etasje ocak şubat mart "
    "nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık dünya yüzyıl yüzyılda lig kat bölüm cadde "
    "sokak sınıf madde gün hafta ordu murat mehmet selim gada gadā svetová světová svetski rat wojna".split()
)

WEEKDAYS = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun lun mar mer jeu ven sam dim mié jue vie dom".split()
)
"""Days of the week, cut short, which a date may go on after: "Tues. Aug. 5th"."""

MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec".split()
)
