# Legătura
link-online = Online
link-https = Online, mai lent
link-https-detail = Trece doar HTTPS: noutățile vin la intervale.
link-catching-up = Se preia ce a venit între timp…
link-connecting = Se conectează…
link-offline = Offline
link-retry = Se reîncearcă la { $time }
link-flight = Mod avion
link-flight-detail = Nu se trimite și nu se primește nimic până când îl dezactivați.
link-revoked = Acest dispozitiv nu mai este înregistrat
link-revoked-detail = Nu mai poate trimite și nici primi mesaje. Cereți dispeceratului un link nou.
link-waiting =
    { $count ->
        [one] { $count } mesaj în așteptare
        [few] { $count } mesaje în așteptare
       *[other] { $count } de mesaje în așteptare
    }
notice-full = Nu mai este loc pentru alte mesaje
notice-full-detail = Mesajele noi sunt refuzate până se trimit cele în așteptare. Căutați un loc cu semnal.
notice-store = Acest dispozitiv nu poate salva
notice-store-detail = Ce apăsați acum nu se păstrează. Eliberați spațiu sau sunați la dispecerat. ({ $cause })
store-broken = Acest dispozitiv nu își poate citi mesajele
store-broken-detail = Pe server nu s-a pierdut nimic. Sunați administratorul. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } mesaj a fost refuzat
        [few] { $count } mesaje au fost refuzate
       *[other] { $count } de mesaje au fost refuzate
    }
notice-show = Arată
not-sent = Nu s-a trimis
switch-language = Limbă
switch-night = Culori de noapte
switch-day = Culori de zi
close = Închide

# Înregistrarea
enrol-title = Înregistrați acest dispozitiv
enrol-hint = Ați primit un link care merge o singură dată. Lipiți-l aici.
enrol-link = Link
enrol-link-example = waypost://…
enrol-device = Numele acestui dispozitiv
enrol-device-example = De exemplu: tableta din duba 12
enrol = Înregistrează
enrol-busy = Se înregistrează…
enrol-no-link = Lipiți mai întâi linkul de la dispecerat. Începe cu waypost://
enrol-no-device = Dați un nume dispozitivului, ca dispeceratul să îl deosebească de celelalte.
enrol-bad-link = Acesta nu este un link de înregistrare. Copiați tot linkul, de la waypost:// până la capăt.
enrol-unreachable = Serverul nu răspunde. Verificați rețeaua și încercați din nou.
enrol-wrong-server = Acesta nu este serverul pentru care a fost făcut linkul. Nu continuați; cereți dispeceratului un link nou.
enrol-store = Acest dispozitiv nu poate salva înregistrarea. Eliberați spațiu și încercați din nou.

# Conversațiile
conversations = Conversații
conversation-none = Încă nu aveți cui să scrieți
conversation-none-detail = Dispeceratul apare aici imediat ce acest dispozitiv a fost o dată online.
conversation-empty = Niciun mesaj încă
broadcasts = Anunțuri colective
dispatch = Dispecerat
case-assigned = Preluat
case-resolved = Rezolvat
case-reopened = Redeschis
notification-settings = Setări de notificare
expiry-set = Durata de păstrare a mesajelor
report = Raportare
report-judged = Decizie asupra unei raportări
incident =
    { $category ->
        [sos] SOS
        [medical] Urgență medicală
        [accident] Accident
        [security] Securitate
        [breakdown] Defecțiune
        [cargo] Marfă
        [obstruction] Obstacol
        [customer] Client
       *[other] Incident
    }
stop-state =
    { $state ->
        [accepted] Acceptat
        [en-route] Pe drum
        [arrived] Sosit
        [servicing] În lucru
        [completed] Finalizat
        [attempted] Încercare nereușită
        [refused] Refuzat
        [cancelled] Anulat
       *[assigned] Planificat
    }
stop-planning = Planificarea cursei
plans-answered = Răspuns la un plan
members =
    { $count ->
        [one] { $count } persoană
        [few] { $count } persoane
       *[other] { $count } de persoane
    }
unread =
    { $count ->
        [one] { $count } mesaj necitit
        [few] { $count } mesaje necitite
       *[other] { $count } de mesaje necitite
    }
people = Persoane
people-filter = Caută persoane
people-none = Nimeni cu acest nume
presence-online = Online
presence-online-since = Online de la { $time }
presence-offline = Offline
presence-last-seen = Ultima oară online: { $time }
presence-away = Nu este lângă dispozitiv
presence-driving = La volan
presence-off-shift = În afara turei
presence-typing = scrie…

# Mesajele
you = Eu
consignee = Destinatar
compose = Scrieți un mesaj
send = Trimite
acknowledge = Confirmă
acknowledged-by-you = Ați confirmat
earlier = Arată mesajele mai vechi
newest = Cele mai noi mesaje
today = Astăzi
yesterday = Ieri
date =
    { $day } { $month ->
        [1] ianuarie
        [2] februarie
        [3] martie
        [4] aprilie
        [5] mai
        [6] iunie
        [7] iulie
        [8] august
        [9] septembrie
        [10] octombrie
        [11] noiembrie
       *[12] decembrie
    }
clock-suspect = Ceasul era greșit, înregistrat: { $time }
message-newer = Un mesaj dintr-o versiune mai nouă. Actualizați aplicația ca să îl citiți.
message-gone = Acest mesaj nu mai există.
message-deletion = Șterge un mesaj de pe ecrane
message-edited = { $time } · modificat

# Cât de departe a ajuns un mesaj
state-queued = În așteptare
state-accepted = Trimis
state-delivered = Livrat
state-read = Citit
state-acknowledged = Confirmat
state-progress = { $state }: { $reached } din { $total }
receipts-title = Confirmări de primire
receipts-hint = Selectați unul dintre mesajele dvs. ca să vedeți cine l-a primit.
receipts-not-yet = Încă nu

# Șabloanele
minutes = { $minutes } min
templates = Mesaje rapide
template-text = Ce s-a schimbat?
cancel = Anulează

# Ce a refuzat serverul
refused-title = Mesaje refuzate
refused-to = Către: { $title }
send-again = Trimite din nou
discard = Șterge
discard-sure = Ștergeți definitiv?
keep = Păstrează

# Un șablon dintr-o versiune mai nouă sau unul ale cărui date nu au sosit.
template-plain = { $name }: { $arguments }

# De ce ceva nu a mers cum era planificat.
reason-other = Alt motiv
reason-consignee-absent = Nu era nimeni să primească marfa
reason-consignee-closed = Locația era închisă
reason-address-wrong = Adresă greșită
reason-address-not-found = Locul nu a fost găsit
reason-refused-by-consignee = Marfă refuzată de destinatar
reason-goods-damaged = Marfă deteriorată
reason-goods-missing = Marfă incompletă
reason-goods-wrong = Altă marfă decât cea comandată
reason-no-access = Fără acces
reason-unsuitable-facility = Nu se poate descărca acolo
reason-not-enough-time = Timp insuficient
reason-window-missed = Sosire după intervalul orar
reason-receiving-time-restricted = Marfa se primește la alte ore
reason-vehicle-breakdown = Defecțiune la vehicul
reason-accident = Accident
reason-traffic = Trafic sau drum blocat
reason-weather = Vreme nefavorabilă
reason-customs = Marfă reținută la vamă
reason-documents-missing = Documente lipsă sau greșite
reason-payment-missing = Plata nu s-a făcut
reason-other-date-wanted = Clientul dorește altă dată sau oră
reason-shipper-cancelled = Anulat de expeditor
reason-overweight = Prea greu
reason-previous-stop = Întârziere la oprirea anterioară
reason-driver-unavailable = Fără șofer sau fără timp de conducere

# Ziua șoferului
page-day = Astăzi
page-messages = Mesaje
day-none = Nicio oprire planificată
day-none-detail = Mesajele funcționează ca de obicei.
day-done = Gata pentru astăzi
day-next = Urmează
day-count =
    { $all ->
        [one] { $done } din { $all } oprire
        [few] { $done } din { $all } opriri
       *[other] { $done } din { $all } de opriri
    }

# O oprire
stop-navigate = Navighează
stop-call = Sună
stop-late = Întârziere de la { $time }
stop-instructions = Instrucțiuni
stop-goods = Marfă
stop-kind-delivery = Livrare
stop-kind-pickup = Ridicare
stop-kind-depot = Bază

# Ce a schimbat dispeceratul
change-title = Modificare de la dispecerat
change-new = Oprire nouă
change-new-trip =
    { $count ->
        [one] Cursă nouă: { $count } oprire
        [few] Cursă nouă: { $count } opriri
       *[other] Cursă nouă: { $count } de opriri
    }
change-order = Altă ordine a opririlor
change-before = înainte
change-now = acum
change-name = Unde
change-address = Adresă
change-window = Interval orar
change-instructions = Instrucțiuni
change-goods = Marfă
change-place = Locul pe hartă
change-contact = Contact
change-other = Detalii
change-accept = Acceptă
change-refuse = Refuză
change-why = De ce nu?

# Confirmare și anulare
confirm-title = { $what }: { $where }?
confirm-yes = Da
confirm-no = Înapoi
words-title = Ce doriți să spuneți?
undo = Anulează
undo-done = Trimis: { $what }
urgent-title = Urgent
urgent-acknowledge = Am înțeles
urgent-more =
    { $count ->
        [one] încă unul după acesta
        [few] încă { $count } după acesta
       *[other] încă { $count } după acesta
    }
more-templates = Mai multe
