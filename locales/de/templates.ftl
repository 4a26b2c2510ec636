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
template-on-my-way =
    { $minutes ->
        [one] Ich bin unterwegs und in { $minutes } Minute da.
       *[other] Ich bin unterwegs und in { $minutes } Minuten da.
    }
    .label = Unterwegs
template-picked-up = Ich habe es abgeholt.
    .label = Abgeholt
template-refused = Der Kunde nimmt die Ware nicht an: { $text }
    .label = Nicht angenommen
template-damaged = Die Ware ist beschädigt: { $text }
    .label = Beschädigt
template-wrong-address = Die Adresse stimmt nicht: { $text }
    .label = Falsche Adresse
template-road-blocked = Die Straße ist gesperrt: { $text }
    .label = Straße gesperrt
template-waiting =
    { $minutes ->
        [one] Ich warte hier seit { $minutes } Minute.
       *[other] Ich warte hier seit { $minutes } Minuten.
    }
    .label = Wartezeit
template-accident = Es gab einen Unfall.
    .label = Unfall
template-on-break =
    { $minutes ->
        [one] Ich mache { $minutes } Minute Pause.
       *[other] Ich mache { $minutes } Minuten Pause.
    }
    .label = Pause
template-understood = Verstanden.
    .label = Verstanden
template-route-changed = Ihre Route hat sich geändert: { $text }
    .label = Route geändert
template-slot-changed = Ihr Zeitfenster hat sich geändert: { $text }
    .label = Zeitfenster geändert
template-please-confirm = Bitte bestätigen Sie, dass Sie dies gelesen haben.
    .label = Bitte bestätigen
template-call-in = Bitte rufen Sie die Disposition an.
    .label = Disposition anrufen
template-stop-added = Ein Halt ist dazugekommen: { $text }
    .label = Neuer Halt
template-stop-cancelled = Ein Halt entfällt: { $text }
    .label = Halt entfällt
template-where-are-you = Wo sind Sie?
    .label = Wo sind Sie?
template-return-to-depot = Bitte kommen Sie zurück zum Depot.
    .label = Zurück zum Depot
template-consignee-access = So kommen Sie hinein: { $text }
    .label = Tor, Klingel oder Code
template-consignee-leave-with = Bitte geben Sie es ab bei: { $text }
    .label = Bei jemandem abgeben
template-consignee-call = Bitte rufen Sie mich vor der Ankunft an: { $text }
    .label = Vorher anrufen
template-consignee-late =
    { $minutes ->
        [one] Ich bin in { $minutes } Minute da.
       *[other] Ich bin in { $minutes } Minuten da.
    }
    .label = Ich bin da in …
template-consignee-absent = Ich werde nicht da sein.
    .label = Ich werde nicht da sein
