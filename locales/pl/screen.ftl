# Łącze
link-online = Połączono
link-https = Połączono, wolniej
link-https-detail = Przechodzi tylko HTTPS: nowości przychodzą co pewien czas.
link-catching-up = Pobieranie zaległych wiadomości…
link-connecting = Łączenie…
link-offline = Brak sieci
link-retry = Następna próba { $time }
link-flight = Tryb samolotowy
link-flight-detail = Nic nie jest wysyłane ani odbierane, dopóki go nie wyłączysz.
link-revoked = To urządzenie jest wyrejestrowane
link-revoked-detail = Nie może już wysyłać ani odbierać. Poproś dyspozytora o nowy link.
link-waiting =
    { $count ->
        [one] { $count } wiadomość czeka
        [few] { $count } wiadomości czekają
        [many] { $count } wiadomości czeka
       *[other] { $count } wiadomości czeka
    }
notice-full = Brak miejsca na nowe wiadomości
notice-full-detail = Nowe wiadomości są odrzucane, dopóki czekające nie zostaną wysłane. Znajdź miejsce z zasięgiem.
notice-store = To urządzenie nie może zapisywać
notice-store-detail = To, co teraz naciśniesz, przepadnie. Zwolnij miejsce lub zadzwoń do dyspozytora. ({ $cause })
store-broken = To urządzenie nie może odczytać wiadomości
store-broken-detail = Na serwerze nic nie zginęło. Zadzwoń do administratora. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } wiadomość została odrzucona
        [few] { $count } wiadomości zostały odrzucone
        [many] { $count } wiadomości zostało odrzuconych
       *[other] { $count } wiadomości zostało odrzuconych
    }
notice-show = Pokaż
not-sent = Nie wysłano
switch-language = Język
switch-night = Kolory nocne
switch-day = Kolory dzienne
close = Zamknij

# Rejestracja
enrol-title = Zarejestruj to urządzenie
enrol-hint = Masz link, który działa jeden raz. Wklej go tutaj.
enrol-link = Link
enrol-link-example = waypost://…
enrol-device = Nazwa tego urządzenia
enrol-device-example = Na przykład: tablet w aucie 12
enrol = Zarejestruj
enrol-busy = Rejestrowanie…
enrol-no-link = Najpierw wklej link od dyspozytora. Zaczyna się od waypost://
enrol-no-device = Nadaj urządzeniu nazwę, aby dyspozytor mógł je rozpoznać.
enrol-bad-link = To nie jest link rejestracyjny. Skopiuj cały link, od waypost:// do końca.
enrol-unreachable = Serwer nie odpowiada. Sprawdź sieć i spróbuj ponownie.
enrol-wrong-server = To nie jest serwer, dla którego utworzono link. Przerwij i poproś dyspozytora o nowy link.
enrol-store = To urządzenie nie może zapisać rejestracji. Zwolnij miejsce i spróbuj ponownie.

# Rozmowy
conversations = Rozmowy
conversation-none = Nie ma jeszcze do kogo pisać
conversation-none-detail = Dyspozytor pojawi się tutaj, gdy urządzenie raz połączy się z siecią.
conversation-empty = Nie ma jeszcze wiadomości
broadcasts = Komunikaty do wielu
dispatch = Dyspozytornia
case-assigned = Przejęte
case-resolved = Załatwione
case-reopened = Otwarte ponownie
notification-settings = Ustawienia powiadomień
expiry-set = Czas przechowywania wiadomości
report = Zgłoszenie
report-judged = Rozstrzygnięcie zgłoszenia
incident =
    { $category ->
        [sos] SOS
        [medical] Nagły przypadek medyczny
        [accident] Wypadek
        [security] Bezpieczeństwo
        [breakdown] Awaria
        [cargo] Ładunek
        [obstruction] Przeszkoda
        [customer] Klient
       *[other] Zdarzenie
    }
stop-state =
    { $state ->
        [accepted] Przyjęto
        [en-route] W drodze
        [arrived] Na miejscu
        [servicing] W trakcie
        [completed] Wykonano
        [attempted] Próba nieudana
        [refused] Odmowa przyjęcia
        [cancelled] Anulowano
       *[assigned] Zaplanowano
    }
stop-planning = Planowanie trasy
plans-answered = Odpowiedź na plan
members =
    { $count ->
        [one] { $count } osoba
        [few] { $count } osoby
        [many] { $count } osób
       *[other] { $count } osoby
    }
unread =
    { $count ->
        [one] { $count } nieprzeczytana wiadomość
        [few] { $count } nieprzeczytane wiadomości
        [many] { $count } nieprzeczytanych wiadomości
       *[other] { $count } nieprzeczytanej wiadomości
    }
people = Osoby
people-filter = Szukaj osób
people-none = Nikogo o takim imieniu
presence-online = Połączono
presence-online-since = Połączono od { $time }
presence-offline = Brak sieci
presence-last-seen = Ostatnio { $time }
presence-away = Z dala od urządzenia
presence-driving = Za kierownicą
presence-off-shift = Poza zmianą
presence-typing = pisze…

# Wiadomości
you = Ty
consignee = Odbiorca
compose = Napisz wiadomość
send = Wyślij
acknowledge = Potwierdź
acknowledged-by-you = Potwierdzono przez ciebie
earlier = Pokaż wcześniejsze wiadomości
newest = Najnowsze wiadomości
today = Dzisiaj
yesterday = Wczoraj
date =
    { $day } { $month ->
        [1] stycznia
        [2] lutego
        [3] marca
        [4] kwietnia
        [5] maja
        [6] czerwca
        [7] lipca
        [8] sierpnia
        [9] września
        [10] października
        [11] listopada
       *[12] grudnia
    }
clock-suspect = Zegar był błędny, zapisano { $time }
message-newer = Wiadomość z nowszej wersji. Zaktualizuj aplikację, aby ją przeczytać.
message-gone = Tej wiadomości już nie ma.
message-deletion = Usuwa wiadomość z ekranów
message-edited = { $time } · zmieniono

# Jak daleko dotarła wiadomość
state-queued = Czeka
state-accepted = Wysłano
state-delivered = Dostarczono
state-read = Przeczytano
state-acknowledged = Potwierdzono
state-progress = { $state } { $reached } z { $total }
receipts-title = Potwierdzenia odbioru
receipts-hint = Wybierz swoją wiadomość, aby zobaczyć, kto ją ma.
receipts-not-yet = Jeszcze nie

# Szablony
minutes = { $minutes } min
templates = Gotowe wiadomości
template-text = Co się zmieniło?
cancel = Anuluj

# Co odrzucił serwer
refused-title = Odrzucone wiadomości
refused-to = Do: { $title }
send-again = Wyślij ponownie
discard = Usuń
discard-sure = Usunąć na zawsze?
keep = Zostaw

# Szablon z nowszej wersji albo taki, którego dane nie dotarły.
template-plain = { $name }: { $arguments }

# Dlaczego coś nie poszło zgodnie z planem.
reason-other = Inny powód
reason-consignee-absent = Brak osoby do odbioru towaru
reason-consignee-closed = Obiekt zamknięty
reason-address-wrong = Błędny adres
reason-address-not-found = Nie znaleziono miejsca
reason-refused-by-consignee = Odmowa przyjęcia przez odbiorcę
reason-goods-damaged = Towar uszkodzony
reason-goods-missing = Towar niekompletny
reason-goods-wrong = Towar niezgodny z zamówieniem
reason-no-access = Brak dostępu
reason-unsuitable-facility = Brak możliwości rozładunku
reason-not-enough-time = Za mało czasu
reason-window-missed = Przyjazd po oknie czasowym
reason-receiving-time-restricted = Towar przyjmowany w innych godzinach
reason-vehicle-breakdown = Awaria pojazdu
reason-accident = Wypadek
reason-traffic = Korek lub zablokowana droga
reason-weather = Pogoda
reason-customs = Towar zatrzymany przez służby celne
reason-documents-missing = Brak dokumentów lub są w nich błędy
reason-payment-missing = Brak zapłaty
reason-other-date-wanted = Klient chce innego terminu
reason-shipper-cancelled = Anulowane przez nadawcę
reason-overweight = Zbyt duży ciężar
reason-previous-stop = Opóźnienie na poprzednim przystanku
reason-driver-unavailable = Brak kierowcy lub dostępnego czasu jazdy

# Dzień kierowcy
page-day = Dzisiaj
page-messages = Wiadomości
day-none = Brak zaplanowanych przystanków
day-none-detail = Wiadomości działają jak zawsze.
day-done = Na dzisiaj to wszystko
day-next = Następne
day-count =
    { $all ->
        [one] { $done } z { $all } przystanku
        [few] { $done } z { $all } przystanków
        [many] { $done } z { $all } przystanków
       *[other] { $done } z { $all } przystanku
    }

# Przystanek
stop-navigate = Nawiguj
stop-call = Zadzwoń
stop-late = Spóźnienie od { $time }
stop-instructions = Instrukcje
stop-goods = Towar
stop-kind-delivery = Dostawa
stop-kind-pickup = Odbiór
stop-kind-depot = Baza

# Co zmienił dyspozytor
change-title = Zmiana od dyspozytora
change-new = Nowy przystanek
change-new-trip =
    { $count ->
        [one] Nowa trasa: { $count } przystanek
        [few] Nowa trasa: { $count } przystanki
        [many] Nowa trasa: { $count } przystanków
       *[other] Nowa trasa: { $count } przystanku
    }
change-order = Inna kolejność przystanków
change-before = było
change-now = jest
change-name = Miejsce
change-address = Adres
change-window = Godziny
change-instructions = Instrukcje
change-goods = Towar
change-place = Punkt na mapie
change-contact = Kontakt
change-other = Szczegóły
change-accept = Przyjmij
change-refuse = Odrzuć
change-why = Dlaczego nie?

# Potwierdzenie i cofnięcie
confirm-title = { $what }: { $where }?
confirm-yes = Tak
confirm-no = Wróć
words-title = Co chcesz przekazać?
undo = Cofnij
undo-done = Wysłano: { $what }
urgent-title = Pilne
urgent-acknowledge = Zrozumiano
urgent-more =
    { $count ->
        [one] potem jeszcze jedna
        [few] potem jeszcze { $count }
        [many] potem jeszcze { $count }
       *[other] potem jeszcze { $count }
    }
more-templates = Więcej
