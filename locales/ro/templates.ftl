# Mesajele rapide. Identificatorul de după `template-` nu se schimbă; `.label` este numele de pe buton.

template-running-late =
    { $minutes ->
        [one] Voi întârzia { $minutes } minut.
        [few] Voi întârzia { $minutes } minute.
       *[other] Voi întârzia { $minutes } de minute.
    }
    .label = Întârzii
template-arrived = Am ajuns.
    .label = Am ajuns
template-delivered = Am livrat marfa.
    .label = Marfă livrată
template-customer-absent = Clientul nu este aici.
    .label = Clientul lipsește
template-breakdown = Am rămas în pană cu vehiculul.
    .label = În pană
template-call-me = Vă rog să mă sunați.
    .label = Sunați-mă
template-on-my-way =
    { $minutes ->
        [one] Sunt pe drum, ajung în { $minutes } minut.
        [few] Sunt pe drum, ajung în { $minutes } minute.
       *[other] Sunt pe drum, ajung în { $minutes } de minute.
    }
    .label = Sunt pe drum
template-picked-up = Am ridicat marfa.
    .label = Marfă ridicată
template-refused = Clientul refuză marfa: { $text }
    .label = Marfă refuzată
template-damaged = Marfa este deteriorată: { $text }
    .label = Marfă deteriorată
template-wrong-address = Adresa este greșită: { $text }
    .label = Adresă greșită
template-road-blocked = Drumul este blocat: { $text }
    .label = Drum blocat
template-waiting =
    { $minutes ->
        [one] Aștept aici de { $minutes } minut.
        [few] Aștept aici de { $minutes } minute.
       *[other] Aștept aici de { $minutes } de minute.
    }
    .label = Aștept
template-accident = A avut loc un accident.
    .label = Accident
template-on-break =
    { $minutes ->
        [one] Fac o pauză de { $minutes } minut.
        [few] Fac o pauză de { $minutes } minute.
       *[other] Fac o pauză de { $minutes } de minute.
    }
    .label = Pauză
template-understood = Am înțeles.
    .label = Am înțeles
template-route-changed = Vi s-a schimbat ruta: { $text }
    .label = Rută schimbată
template-slot-changed = Vi s-a schimbat intervalul orar: { $text }
    .label = Interval orar schimbat
template-please-confirm = Vă rog să confirmați că ați citit acest mesaj.
    .label = Confirmați, vă rog
template-call-in = Vă rog să sunați la dispecerat.
    .label = Sunați la dispecerat
template-stop-added = S-a adăugat o oprire: { $text }
    .label = Oprire nouă
template-stop-cancelled = S-a anulat o oprire: { $text }
    .label = Oprire anulată
template-where-are-you = Unde sunteți?
    .label = Unde sunteți?
template-return-to-depot = Vă rog să vă întoarceți la bază.
    .label = Înapoi la bază
template-consignee-access = Cum se intră: { $text }
    .label = Poartă, sonerie sau cod
template-consignee-leave-with = Vă rog să lăsați marfa la: { $text }
    .label = Lăsați la altcineva
template-consignee-call = Vă rog să mă sunați înainte de sosire: { $text }
    .label = Sunați-mă înainte
template-consignee-late =
    { $minutes ->
        [one] Ajung în { $minutes } minut.
        [few] Ajung în { $minutes } minute.
       *[other] Ajung în { $minutes } de minute.
    }
    .label = Ajung în …
template-consignee-absent = Nu voi fi acolo.
    .label = Nu voi fi acolo
