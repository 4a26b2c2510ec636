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
template-on-my-way =
    { $minutes ->
        [one] Jestem w drodze, będę za { $minutes } minutę.
        [few] Jestem w drodze, będę za { $minutes } minuty.
        [many] Jestem w drodze, będę za { $minutes } minut.
       *[other] Jestem w drodze, będę za { $minutes } minuty.
    }
    .label = W drodze
template-picked-up = Towar odebrany.
    .label = Odebrano
template-refused = Klient odmawia przyjęcia towaru: { $text }
    .label = Odmowa
template-damaged = Towar jest uszkodzony: { $text }
    .label = Uszkodzenie
template-wrong-address = Adres jest błędny: { $text }
    .label = Błędny adres
template-road-blocked = Droga jest zablokowana: { $text }
    .label = Zablokowana droga
template-waiting =
    { $minutes ->
        [one] Czekam tu od { $minutes } minuty.
       *[other] Czekam tu od { $minutes } minut.
    }
    .label = Oczekiwanie
template-accident = Doszło do wypadku.
    .label = Wypadek
template-on-break =
    { $minutes ->
        [one] Robię przerwę: { $minutes } minuta.
        [few] Robię przerwę: { $minutes } minuty.
        [many] Robię przerwę: { $minutes } minut.
       *[other] Robię przerwę: { $minutes } minuty.
    }
    .label = Przerwa
template-understood = Zrozumiano.
    .label = Zrozumiano
template-route-changed = Zmiana trasy: { $text }
    .label = Zmiana trasy
template-slot-changed = Zmiana okna czasowego: { $text }
    .label = Zmiana okna czasowego
template-please-confirm = Proszę potwierdzić przeczytanie.
    .label = Prośba o potwierdzenie
template-call-in = Proszę zadzwonić do dyspozytora.
    .label = Telefon do dyspozytora
template-stop-added = Dodano przystanek: { $text }
    .label = Nowy przystanek
template-stop-cancelled = Odwołano przystanek: { $text }
    .label = Odwołany przystanek
template-where-are-you = Proszę podać swoje położenie.
    .label = Gdzie jesteś?
template-return-to-depot = Proszę wrócić do bazy.
    .label = Powrót do bazy
template-consignee-access = Jak wjechać lub wejść: { $text }
    .label = Brama, dzwonek lub kod
template-consignee-leave-with = Towar odbierze za mnie: { $text }
    .label = Odbierze ktoś inny
template-consignee-call = Proszę zadzwonić do mnie przed przyjazdem: { $text }
    .label = Telefon przed przyjazdem
template-consignee-late =
    { $minutes ->
        [one] Będę na miejscu za { $minutes } minutę.
        [few] Będę na miejscu za { $minutes } minuty.
        [many] Będę na miejscu za { $minutes } minut.
       *[other] Będę na miejscu za { $minutes } minuty.
    }
    .label = Będę za …
template-consignee-absent = Nie będzie mnie na miejscu.
    .label = Nie będzie mnie
