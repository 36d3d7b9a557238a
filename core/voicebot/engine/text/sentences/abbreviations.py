"""Abbreviations of many languages, by what may follow them.

The languages share one list: a model changes language within a reply, and few abbreviations of one
language are words of another. Those that are words too are in the list that does the least harm.
"""

from __future__ import annotations

TITLES = frozenset(
    # English
    "pí üniv rt mr mrs ms mx messrs mmes dr drs prof profs rev fr revd hon pres gov sen rep sens reps gen "
    "lt col maj capt cpt cmdr comdr sgt cpl pvt adm brig supt insp det esq mt mts ft vs viz cf ed eds "
    "trans asst assoc atty bro dist amb sec "
    # German, Dutch
    "hr hrn frl dipl ing mag geb bzw vgl vglw evtl ggf bspw sog insb insbes hrsg zzgl abzgl einschl inkl "
    "exkl gem dhr mevr mej mw ir bijv bv jhr burg ds jkvr v.d a.d "
    # French
    "m mm mme mmes mlle mlles mgr me st ste sts stes bd bvd boul av env pl "
    # Spanish, Catalan, Portuguese, Italian, Romanian
    "sr sra srta srs sras srtas dra dres dras prof profa profª d.ª avda avd pza plza urb ej exmo exma "
    "ilmo ilma ilmos eng arq rod pça trav sig sigg sig.ra sig.na dott dott.ssa prof.ssa avv geom rag arch "
    "excmo excma egr spett pr em jud lic licda gral cnel tte sgto pbro rvdo cia cel magg "
    "on mons vle p.za c.so v.le l.go p.le dl dna dnul sf dlui "
    # Danish, Swedish, Norwegian, Finnish, Icelandic
    "frk fru hhv skt sct jf hra rva nti ks esim "
    # Polish, Czech, Slovak, Croatian, Serbian, Slovene, Hungarian
    "inż mgr hab św ul al np tj tzn tzw płk ppłk mjr kpt zob mudr mvdr judr phdr rndr paeddr thdr csc bc "
    "mec ppor sierż kapr kard abp plut prim pplk rtm ředit "
    "doc sv např tzv tř nám npor plk napr resp gosp gđa gđica npr ifj özv ún "
    # Turkish, Vietnamese, Indonesian, Filipino, Swahili
    "yzb uzm doç yrd öğr sn hz alb örn bkz tp ts ths gs pgs ks bpk jl jln tn gng bb bw dkt "
    # Russian, Ukrainian, Bulgarian, Serbian, Greek
    "г-н г-жа гг гр проф акад доц инж ул пер просп пл бул вул пров см ср напр им ім св о-в т.ч т.е т.к "
    "т.н тов т.нар полк ген д-р ак ред лейт зд обл пос мкр наб заст господ κ κα κκ κος δρ καθ οδ λεωφ αγ "
    "δηλ βλ "
    # Arabic, Hebrew, Hindi, Bengali, Marathi, Tamil
    "أ.د د.م أ.م डॉ डा श्री प्रो पं कु सौ मि मु ড ডা মো প্রো অধ্যা শ্রী திரு திருமதி பேரா டாக் செல்வி "
    "டாக்டர் గౌ డా శ్రీ dña fam fa hl str ए बी सी डी ई एफ एच जे एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू "
    "एक्स वाई ज़ेड எம் எஸ் கே ஆர் பி வி ஜி டி சி என் ஏ".split()
)
"""Before a name or a word that goes on, whatever case it has: "Dr. Brown", "z. B. Brot"."""

CAPITAL_TITLES = frozenset(
    "gen rep col rev hon fr me on st doc mag sen gov maj trans det bro eng rod rag arch dist pres ed fa "
    "fam hl sec amb cel cia lic ds".split()
)
"""Of these only with a capital letter, as they are words too."""

GOES_ON = frozenset(
    "p.s p.p.s dr.med dr.phil dr.jur dr.ing dr.rer rer.nat dr.h.c e.g i.e z.b d.h i.d.r u.u z.t o.g s.o "
    "s.u v.a m.e n.chr. i.a p.ex p.ej c.-à-d c.à.d j.-c. t.ex f.eks bl.a d.v.s d.w.z o.a m.b.t i.p.v "
    "t.o.v i.v.m m.in p.n t.j t.zn t.zv tzn. р.х π.χ τ.α ex-pres ee dd.ss e.v. a.k.a f.d s.k i.e. m.h.t "
    "i.h.t p.g.a fr.o.m t.o.m л.с т.е т.к т.н т.зв напр. ph th.m".split()
)
"""Abbreviations of several words after which a sentence goes on."""

NUMBERED = frozenset(
    # before a number
    "no nos nr nrs nrn num núm núms nº n.º n.° fig figs vol vols art arts ch chap sec sect pp p pg pag "
    "pág págs pàg par para abs abb tab kap bl anm ziff s. tel tél tlf tfn puh fax ca approx appr ok cca "
    "kb circa eq eqs ex app ref refs thm lem def prop cor ann obs kl klo cap um g ed apt apto dpto ste "
    "room rm fl lot bldg suite ext op opus ver v rev rel ps caps ep ser lekt übg aufl jg jh art. al alin "
    "lit zn zb sz č čl čís st. ods odst poz pkt godz rys rozdz t sygn стр с рис табл гл п пп ст кв д корп "
    "тел оф № розд стор буд αρ σελ τηλ κεφ εικ ص ج م टेल सं क्र kat sy blz hfst afb nrs. lid jf. kap. bil "
    "sid rp rs inr usd eur kec kab kel rt rw q ld ap sc पृ séc siec int sc et mieszk lok ust pkt obr odd "
    "roč под эт бр кн вып fszt ép hrsz krt rzs stk esc pta lín vag nástup lgs".split()
)
"""Abbreviations before a number; before a word the sentence may be over: "on p. 5", "No. Never"."""

UNITS = frozenset(
    # units, months, days, company kinds, streets and what ends list
    "etc inc ltd corp jr llc plc gmbh ag kg kft rt zrt bt oy oyj ab as a/s aps s.a s.l s.r.l s.p.a ltda "
    "lda sarl sas tic ltd.şti şti a.ş spol d.o.o a.d ооо jan feb mar apr jun jul aug sep sept oct okt nov "
    "dec dez déc févr fév avr juil ene abr ago dic fev mai maj gen. mag giu lug ott янв фев февр мар апр "
    "авг сен сент окт ноя нояб дек mon tue tues wed thu thur thurs fri sat sun mer jeu ven sam dim min "
    "mins sec secs sek hr hrs h ms yr yrs wk wks mos lb lbs oz ft yd yds pt pts qt qts gal gals tsp tbsp "
    "cm mm km mg g l ml dl cl ha mph kph rpm cal kcal deg temp max avg est pct dept depts univ assn intl "
    "natl govt ave blvd rd hwy ln pkwy sq ct pl ter terr cir expy rte tpke fwy geogr jhd usw u.a u.ä "
    "u.v.m o.ä o.g etc. bzgl ff f ggü gegr gest verh allg enz e.d e.a a.u.b s.v.p m.n afd excl incl evt "
    "ong resp tél hab apr.j.-c av.j.-c qc p.m a.m p.m. a.m. ap.j.-c ud uds vd vds ecc eccetera seg segg "
    "ss pzza a.c d.c máx mín aprox tít ref refs cía hnos dcha izda izq cts ptas km/h osv o.s.v mv m.v m.m "
    "m.fl o.l mfl mht mtp st kr mia mdr dvs ym jne yms eaa jaa ekr jkr kpl noin mrk itd itp in. ww zł gr "
    "r rr w ur zm godz. hod atd apod mil kč atď pod stol n.l pr.n.l d.hr î.hr ș.a ş.a ș.a.m.d mun bl "
    "sc stb i.sz i.e kr.e kr.u kb. ker u krt vb vs v.b v.s yy m.ö m.s t.c dk sn. saat dll dsb dst tgl hlm "
    "kpd и.т.д т.д т.п т.п. др пр руб коп грн г гг в вв н.э р рр тис ін тощо лв ст. нар мин час сек κ.λπ "
    "κ.ά κτλ κλπ μ.μ π.μ μ.χ π.χ. εκ χιλ δισ εκατ ए.एम रु कि.मी कि.ग्रा कि मी ग्रा से ई.पू ई ق.م هـ إلخ "
    "ه.ش م.م كم கி.மீ ரூ கி.மு கி.பி hbf bhf".split()
)
"""Abbreviations with which a sentence may end: before a capital letter it does, before others it goes on."""

DEGREES = frozenset(
    "долл ph.d m.d b.a m.a b.sc m.sc d.c u.s u.k u.n e.u u.s.a u.a.e d.phil ed.d ll.b jr sr st ir co bros "
    "cie mio mrd mill tsd std stk stck tys mln mld tis тыс млн млрд milj cad sok mah bulv обл".split()
)
"""Abbreviations that stand before names as often as at the end: the next word tells."""

LABELLED = frozenset(
    "plan plans option options vitamin vitamins type types class grade group team section appendix "
    "exhibit point variable letter letters hepatitis part model category drive route gate terminal "
    "platform door stage phase step case scenario version block building wing tier schedule channel "
    "answer choice key side row seat room unit zone influenza language note chord string generation "
    "player column item sample variante klasse gruppe typ teil punkt buchstabe stufe abschnitt gleis "
    "anhang taste vitamine groupe classe partie lettre quai hépatite bâtiment opción opcion vitamina tipo "
    "clase grupo letra parte punto opção ponto opzione gruppo lettera piano plano planos optie groep klas "
    "deel alternativ klass grupp bokstav del vitamiini ryhmä luokka kirjain osa vaihtoehto opcja witamina "
    "klasa grupa litera varianta možnost skupina třída písmeno bod план вариант витамин группа класс "
    "буква тип пункт варіант вітамін група клас літера exit spot pier hall area district quadrant drawer "
    "sal zal sala salle saal raum zimmer halle haus aufgang zał hala sál hol terem zona oda salon blok "
    "корпус зал "
    "подъезд блок κτίριο αίθουσα bus train flight track bay pin port".split()
)
"""Nouns after which a single letter is a name of its own, not the first letter of one."""

NAMES_WITH_MARKS = frozenset("yahoo jeopardy joomla chips mamma hamilton".split())
CAPITALISED = frozenset("mr mrs ms dr prof st tp ts gs pgs ths ph ee dd".split())
"""Titles that are written in capitals too; other words in capitals are names of their own: "DNA"."""
COMPANY_KINDS = frozenset("inc ltd corp co llc plc gmbh ag kg sa oy ab".split())
