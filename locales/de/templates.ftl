# Die fertigen Nachrichten. Die Kennung nach `template-` bleibt; `.label` steht auf der Taste.

template-running-late =
    { $minutes ->
        [one] Ich verspäte mich um { $minutes } Minute.
       *[other] Ich verspäte mich um { $minutes } Minuten.
    }
    .label = Verspätung
template-arrived = Ich bin angekommen.
    .label = Angekommen
template-delivered = Zugestellt.
    .label = Zugestellt
template-customer-absent = Der Kunde ist nicht da.
    .label = Kunde nicht da
template-breakdown = Mein Fahrzeug hat eine Panne.
    .label = Panne
template-call-me = Bitte rufen Sie mich an.
    .label = Rückruf
template-route-changed = Ihre Route hat sich geändert: { $text }
    .label = Route geändert
template-slot-changed = Ihr Zeitfenster hat sich geändert: { $text }
    .label = Zeitfenster geändert
template-please-confirm = Bitte bestätigen Sie, dass Sie dies gelesen haben.
    .label = Bitte bestätigen
template-call-in = Bitte rufen Sie die Disposition an.
    .label = Disposition anrufen

# Eine Vorlage einer neueren Version, oder eine, deren Angaben fehlen.
template-plain = { $name }: { $arguments }
