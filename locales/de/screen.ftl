# Die Verbindung
link-online = Online
link-https = Online, langsamer
link-https-detail = Nur HTTPS kommt durch: Neues kommt in Abständen.
link-catching-up = Verpasstes wird geholt…
link-connecting = Verbindung wird aufgebaut…
link-offline = Offline
link-retry = Nächster Versuch { $time }
link-flight = Flugmodus
link-flight-detail = Nichts wird gesendet oder empfangen, bis Sie ihn ausschalten.
link-revoked = Dieses Gerät ist abgemeldet
link-revoked-detail = Es kann nicht mehr senden oder empfangen. Bitten Sie die Disposition um einen neuen Link.
link-waiting =
    { $count ->
        [one] { $count } Nachricht wartet
       *[other] { $count } Nachrichten warten
    }
notice-full = Kein Platz für weitere Nachrichten
notice-full-detail = Neue Nachrichten werden abgelehnt, bis die wartenden gesendet sind. Suchen Sie einen Ort mit Empfang.
notice-store = Dieses Gerät kann nicht speichern
notice-store-detail = Was Sie jetzt antippen, geht verloren. Schaffen Sie Platz oder rufen Sie die Disposition an. ({ $cause })
store-broken = Dieses Gerät kann seine Nachrichten nicht lesen
store-broken-detail = Auf dem Server ist nichts verloren. Rufen Sie Ihren Admin an. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } Nachricht wurde abgelehnt
       *[other] { $count } Nachrichten wurden abgelehnt
    }
notice-show = Anzeigen
not-sent = Nicht gesendet
switch-language = Sprache
switch-night = Nachtfarben
switch-day = Tagfarben
close = Schließen

# Anmeldung
enrol-title = Dieses Gerät anmelden
enrol-hint = Sie haben einen Link bekommen, der einmal gilt. Fügen Sie ihn hier ein.
enrol-link = Link
enrol-link-example = waypost://…
enrol-device = Name dieses Geräts
enrol-device-example = Zum Beispiel: Tablet Wagen 12
enrol = Anmelden
enrol-busy = Wird angemeldet…
enrol-no-link = Fügen Sie zuerst den Link der Disposition ein. Er beginnt mit waypost://
enrol-no-device = Geben Sie dem Gerät einen Namen, damit die Disposition es erkennt.
enrol-bad-link = Das ist kein Anmeldelink. Kopieren Sie den ganzen Link, von waypost:// bis zum Ende.
enrol-unreachable = Der Server antwortet nicht. Prüfen Sie das Netz und versuchen Sie es erneut.
enrol-wrong-server = Das ist nicht der Server, für den der Link gemacht ist. Brechen Sie ab und bitten Sie die Disposition um einen neuen Link.
enrol-store = Dieses Gerät kann die Anmeldung nicht speichern. Schaffen Sie Platz und versuchen Sie es erneut.

# Unterhaltungen
conversations = Unterhaltungen
conversation-none = Noch niemand zum Schreiben da
conversation-none-detail = Die Disposition erscheint hier, sobald dieses Gerät einmal online war.
conversation-empty = Noch keine Nachrichten
broadcasts = Rundrufe
dispatch = Disposition
case-assigned = Übernommen
case-resolved = Erledigt
case-reopened = Wieder geöffnet
notification-settings = Mitteilungseinstellungen
expiry-set = Aufbewahrung der Nachrichten
report = Meldung
report-judged = Entscheidung über eine Meldung
incident =
    { $category ->
        [sos] SOS
        [medical] Medizinischer Notfall
        [accident] Unfall
        [security] Sicherheit
        [breakdown] Panne
        [cargo] Ladung
        [obstruction] Hindernis
        [customer] Kunde
       *[other] Vorfall
    }
stop-state =
    { $state ->
        [accepted] Angenommen
        [en-route] Unterwegs
        [arrived] Angekommen
        [servicing] In Arbeit
        [completed] Erledigt
        [attempted] Vergeblich versucht
        [refused] Verweigert
        [cancelled] Storniert
       *[assigned] Geplant
    }
stop-planning = Tourenplanung
plans-answered = Antwort auf einen Plan
members =
    { $count ->
        [one] { $count } Person
       *[other] { $count } Personen
    }
unread =
    { $count ->
        [one] { $count } ungelesene Nachricht
       *[other] { $count } ungelesene Nachrichten
    }
people = Personen
people-filter = Personen suchen
people-none = Niemand mit diesem Namen
presence-online = Online
presence-online-since = Online seit { $time }
presence-offline = Offline
presence-last-seen = Zuletzt gesehen { $time }
presence-away = Gerade nicht am Gerät
presence-driving = Am Steuer
presence-off-shift = Nicht im Dienst
presence-typing = schreibt …

# Nachrichten
you = Sie
consignee = Empfänger
compose = Nachricht schreiben
send = Senden
acknowledge = Bestätigen
acknowledged-by-you = Von Ihnen bestätigt
earlier = Frühere Nachrichten zeigen
newest = Neueste Nachrichten
today = Heute
yesterday = Gestern
date =
    { $day }. { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    }
clock-suspect = Uhr ging falsch, erfasst { $time }
message-newer = Eine Nachricht einer neueren Version. Aktualisieren Sie diese App, um sie zu lesen.
message-gone = Diese Nachricht ist gelöscht.
message-deletion = Nimmt eine Nachricht von den Bildschirmen
message-edited = { $time } · bearbeitet

# Wie weit eine Nachricht gekommen ist
state-queued = Wartet
state-accepted = Gesendet
state-delivered = Zugestellt
state-read = Gelesen
state-acknowledged = Bestätigt
state-progress = { $state } { $reached } von { $total }
receipts-title = Empfangsbelege
receipts-hint = Wählen Sie eine eigene Nachricht, um zu sehen, wer sie hat.
receipts-not-yet = Noch nicht

# Vorlagen
minutes = { $minutes } Min.
templates = Fertige Nachrichten
template-text = Was hat sich geändert?
cancel = Abbrechen

# Was der Server abgelehnt hat
refused-title = Abgelehnte Nachrichten
refused-to = An { $title }
send-again = Erneut senden
discard = Verwerfen
discard-sure = Endgültig verwerfen?
keep = Behalten

# Eine Vorlage einer neueren Version, oder eine, deren Angaben fehlen.
template-plain = { $name }: { $arguments }

# Warum etwas nicht so ging wie geplant.
reason-other = Anderer Grund
reason-consignee-absent = Niemand zur Annahme da
reason-consignee-closed = Geschlossen
reason-address-wrong = Falsche Adresse
reason-address-not-found = Ort nicht gefunden
reason-refused-by-consignee = Annahme vom Empfänger verweigert
reason-goods-damaged = Ware beschädigt
reason-goods-missing = Ware unvollständig
reason-goods-wrong = Falsche Ware
reason-no-access = Kein Zugang
reason-unsuitable-facility = Entladen dort nicht möglich
reason-not-enough-time = Zeit reichte nicht
reason-window-missed = Ankunft nach dem Zeitfenster
reason-receiving-time-restricted = Warenannahme nur zu anderen Zeiten
reason-vehicle-breakdown = Fahrzeugpanne
reason-accident = Unfall
reason-traffic = Stau oder Straße gesperrt
reason-weather = Wetter
reason-customs = Ware vom Zoll festgehalten
reason-documents-missing = Papiere fehlen oder sind falsch
reason-payment-missing = Nicht bezahlt
reason-other-date-wanted = Kunde wünscht anderen Termin
reason-shipper-cancelled = Vom Absender storniert
reason-overweight = Zu schwer
reason-previous-stop = Verzögerung beim vorigen Halt
reason-driver-unavailable = Kein Fahrer oder keine Lenkzeit mehr

# Der Tag des Fahrers
page-day = Heute
page-messages = Nachrichten
day-none = Keine Halte geplant
day-none-detail = Nachrichten funktionieren wie immer.
day-done = Für heute alles erledigt
day-next = Als Nächstes
day-count =
    { $all ->
        [one] { $done } von { $all } Halt
       *[other] { $done } von { $all } Halten
    }

# Ein Halt
stop-navigate = Navigieren
stop-call = Anrufen
stop-late = Verspätet seit { $time }
stop-instructions = Hinweise
stop-goods = Ware
stop-kind-delivery = Lieferung
stop-kind-pickup = Abholung
stop-kind-depot = Depot

# Was die Disposition geändert hat
change-title = Von der Disposition geändert
change-new = Neuer Halt
change-new-trip =
    { $count ->
        [one] Neue Tour: { $count } Halt
       *[other] Neue Tour: { $count } Halte
    }
change-order = Andere Reihenfolge der Halte
change-before = vorher
change-now = jetzt
change-name = Wo
change-address = Adresse
change-window = Zeit
change-instructions = Hinweise
change-goods = Ware
change-place = Ort auf der Karte
change-contact = Kontakt
change-other = Details
change-accept = Annehmen
change-refuse = Ablehnen
change-why = Warum nicht?

# Rückfrage und Rücknahme
confirm-title = { $what }: { $where }?
confirm-yes = Ja
confirm-no = Zurück
words-title = Was möchten Sie sagen?
undo = Rückgängig
undo-done = Gesendet: { $what }
urgent-title = Dringend
urgent-acknowledge = Verstanden
urgent-more =
    { $count ->
        [one] danach noch eine
       *[other] danach noch { $count }
    }
more-templates = Mehr
