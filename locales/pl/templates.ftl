# Gotowe wiadomości. Identyfikator po `template-` jest stały; `.label` to napis na przycisku.

template-running-late =
    { $minutes ->
        [one] Spóźnię się { $minutes } minutę.
        [few] Spóźnię się { $minutes } minuty.
        [many] Spóźnię się { $minutes } minut.
       *[other] Spóźnię się { $minutes } minuty.
    }
    .label = Spóźnienie
template-arrived = Jestem na miejscu.
    .label = Na miejscu
template-delivered = Dostarczono.
    .label = Dostarczono
template-customer-absent = Klienta nie ma na miejscu.
    .label = Brak klienta
template-breakdown = Mam awarię pojazdu.
    .label = Awaria
template-call-me = Proszę do mnie zadzwonić.
    .label = Proszę o telefon
template-route-changed = Zmiana trasy: { $text }
    .label = Zmiana trasy
template-slot-changed = Zmiana okna czasowego: { $text }
    .label = Zmiana okna czasowego
template-please-confirm = Proszę potwierdzić przeczytanie.
    .label = Prośba o potwierdzenie
template-call-in = Proszę zadzwonić do dyspozytora.
    .label = Telefon do dyspozytora

# Szablon z nowszej wersji albo taki, którego dane nie dotarły.
template-plain = { $name }: { $arguments }
