# Зв’язок
link-online = Онлайн
link-https = Онлайн, повільніше
link-https-detail = Проходить лише HTTPS: нові повідомлення надходять періодично.
link-catching-up = Завантаження пропущеного…
link-connecting = Підключення…
link-offline = Офлайн
link-retry = Наступна спроба: { $time }
link-flight = Режим польоту
link-flight-detail = Нічого не надсилається й не приймається, доки Ви його не вимкнете.
link-revoked = Реєстрацію пристрою скасовано
link-revoked-detail = Пристрій більше не може надсилати й приймати повідомлення. Попросіть у диспетчера нове посилання.
link-waiting =
    { $count ->
        [one] { $count } повідомлення в черзі
        [few] { $count } повідомлення в черзі
        [many] { $count } повідомлень у черзі
       *[other] { $count } повідомлення в черзі
    }
notice-full = Немає місця для нових повідомлень
notice-full-detail = Нові повідомлення відхиляються, доки не буде надіслано ті, що в черзі. Знайдіть місце, де є зв’язок.
notice-store = Пристрій не може зберігати дані
notice-store-detail = Те, що Ви зараз натиснете, не збережеться. Звільніть місце або зателефонуйте диспетчеру. ({ $cause })
store-broken = Пристрій не може прочитати свої повідомлення
store-broken-detail = На сервері нічого не втрачено. Зателефонуйте адміністратору. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } повідомлення відхилено
        [few] { $count } повідомлення відхилено
        [many] { $count } повідомлень відхилено
       *[other] { $count } повідомлення відхилено
    }
notice-show = Показати
not-sent = Не надіслано
switch-language = Мова
switch-night = Нічні кольори
switch-day = Денні кольори
close = Закрити

# Реєстрація
enrol-title = Реєстрація пристрою
enrol-hint = Вам дали посилання, яке діє один раз. Вставте його сюди.
enrol-link = Посилання
enrol-link-example = waypost://…
enrol-device = Назва цього пристрою
enrol-device-example = Наприклад: планшет в авто 12
enrol = Зареєструвати
enrol-busy = Реєстрація…
enrol-no-link = Спершу вставте посилання від диспетчера. Воно починається з waypost://
enrol-no-device = Дайте пристрою назву, щоб диспетчер міг відрізнити його від інших.
enrol-bad-link = Це не посилання для реєстрації. Скопіюйте посилання повністю, від waypost:// до кінця.
enrol-unreachable = Сервер не відповідає. Перевірте мережу та спробуйте ще раз.
enrol-wrong-server = Це не той сервер, для якого створено посилання. Не продовжуйте; попросіть у диспетчера нове посилання.
enrol-store = Пристрій не може зберегти реєстрацію. Звільніть місце та спробуйте ще раз.

# Чати
conversations = Чати
conversation-none = Поки що немає кому писати
conversation-none-detail = Диспетчер з’явиться тут, щойно пристрій хоча б раз вийде на зв’язок.
conversation-empty = Повідомлень ще немає
broadcasts = Розсилки
dispatch = Диспетчерська
case-assigned = Прийнято в роботу
case-resolved = Вирішено
case-reopened = Відкрито знову
notification-settings = Налаштування сповіщень
expiry-set = Термін зберігання повідомлень
report = Скарга
report-judged = Рішення щодо скарги
incident =
    { $category ->
        [sos] SOS
        [medical] Невідкладна медична допомога
        [accident] Аварія
        [security] Безпека
        [breakdown] Поломка
        [cargo] Вантаж
        [obstruction] Перешкода
        [customer] Клієнт
       *[other] Подія
    }
stop-state =
    { $state ->
        [accepted] Прийнято
        [en-route] У дорозі
        [arrived] На місці
        [servicing] Виконується
        [completed] Виконано
        [attempted] Невдала спроба
        [refused] Відмовлено
        [cancelled] Скасовано
       *[assigned] Заплановано
    }
stop-planning = Планування рейсу
plans-answered = Відповідь на план
members =
    { $count ->
        [one] { $count } учасник
        [few] { $count } учасники
        [many] { $count } учасників
       *[other] { $count } учасника
    }
unread =
    { $count ->
        [one] { $count } непрочитане повідомлення
        [few] { $count } непрочитані повідомлення
        [many] { $count } непрочитаних повідомлень
       *[other] { $count } непрочитаного повідомлення
    }
people = Люди
people-filter = Пошук людей
people-none = Нікого з таким ім’ям
presence-online = Онлайн
presence-online-since = Онлайн з { $time }
presence-offline = Офлайн
presence-last-seen = Востаннє онлайн: { $time }
presence-away = Не біля пристрою
presence-driving = За кермом
presence-off-shift = Поза зміною
presence-typing = пише…

# Повідомлення
you = Ви
consignee = Отримувач
compose = Написати повідомлення
send = Надіслати
acknowledge = Підтвердити
acknowledged-by-you = Ви підтвердили
earlier = Показати давніші повідомлення
newest = Найновіші повідомлення
today = Сьогодні
yesterday = Учора
date =
    { $day } { $month ->
        [1] січня
        [2] лютого
        [3] березня
        [4] квітня
        [5] травня
        [6] червня
        [7] липня
        [8] серпня
        [9] вересня
        [10] жовтня
        [11] листопада
       *[12] грудня
    }
clock-suspect = Годинник ішов неправильно, записано { $time }
message-newer = Повідомлення з новішої версії. Оновіть застосунок, щоб його прочитати.
message-gone = Цього повідомлення вже немає.
message-deletion = Прибирає повідомлення з екранів
message-edited = { $time } · змінено

# Як далеко дійшло повідомлення
state-queued = У черзі
state-accepted = Надіслано
state-delivered = Доставлено
state-read = Прочитано
state-acknowledged = Підтверджено
state-progress = { $state } { $reached } з { $total }
receipts-title = Звіти про доставку
receipts-hint = Виберіть одне зі своїх повідомлень, щоб побачити, хто його отримав.
receipts-not-yet = Ще ні

# Шаблони
minutes = { $minutes } хв
templates = Готові повідомлення
template-text = Що змінилося?
cancel = Скасувати

# Що відхилив сервер
refused-title = Відхилені повідомлення
refused-to = Кому: { $title }
send-again = Надіслати ще раз
discard = Видалити
discard-sure = Видалити назавжди?
keep = Залишити

# Шаблон із новішої версії або такий, дані якого не надійшли.
template-plain = { $name }: { $arguments }

# Чому щось пішло не за планом.
reason-other = Інша причина
reason-consignee-absent = Нікому було прийняти вантаж
reason-consignee-closed = Було зачинено
reason-address-wrong = Неправильна адреса
reason-address-not-found = Місце не знайдено
reason-refused-by-consignee = Відмова отримувача
reason-goods-damaged = Вантаж пошкоджено
reason-goods-missing = Бракує частини вантажу
reason-goods-wrong = Не той вантаж
reason-no-access = Немає доступу
reason-unsuitable-facility = Там неможливо розвантажитися
reason-not-enough-time = Не вистачило часу
reason-window-missed = Прибуття після часового вікна
reason-receiving-time-restricted = Вантаж приймають в інший час
reason-vehicle-breakdown = Поломка машини
reason-accident = Аварія
reason-traffic = Затор або перекрита дорога
reason-weather = Погода
reason-customs = Вантаж затримано на митниці
reason-documents-missing = Документів немає або в них помилки
reason-payment-missing = Не оплачено
reason-other-date-wanted = Клієнт хоче інший час
reason-shipper-cancelled = Скасовано відправником
reason-overweight = Завелика вага
reason-previous-stop = Затримка на попередній зупинці
reason-driver-unavailable = Немає водія або вичерпано час керування

# День водія
page-day = Сьогодні
page-messages = Повідомлення
day-none = Зупинок не заплановано
day-none-detail = Повідомлення працюють як завжди.
day-done = На сьогодні все
day-next = Далі
day-count =
    { $all ->
        [one] { $done } з { $all } зупинки
        [few] { $done } з { $all } зупинок
        [many] { $done } з { $all } зупинок
       *[other] { $done } з { $all } зупинки
    }

# Зупинка
stop-navigate = Навігація
stop-call = Подзвонити
stop-late = Запізнення з { $time }
stop-instructions = Вказівки
stop-goods = Вантаж
stop-kind-delivery = Доставка
stop-kind-pickup = Забір вантажу
stop-kind-depot = База

# Що змінив диспетчер
change-title = Зміна від диспетчера
change-new = Нова зупинка
change-new-trip =
    { $count ->
        [one] Новий рейс: { $count } зупинка
        [few] Новий рейс: { $count } зупинки
        [many] Новий рейс: { $count } зупинок
       *[other] Новий рейс: { $count } зупинки
    }
change-order = Інший порядок зупинок
change-before = було
change-now = стало
change-name = Місце
change-address = Адреса
change-window = Час
change-instructions = Вказівки
change-goods = Вантаж
change-place = Точка на карті
change-contact = Контакт
change-other = Подробиці
change-accept = Прийняти
change-refuse = Відхилити
change-why = Чому ні?

# Підтвердження та скасування
confirm-title = { $what }: { $where }?
confirm-yes = Так
confirm-no = Назад
words-title = Що Ви хочете сказати?
undo = Скасувати
undo-done = Надіслано: { $what }
urgent-title = Терміново
urgent-acknowledge = Зрозуміло
urgent-more =
    { $count ->
        [one] потім ще { $count }
        [few] потім ще { $count }
        [many] потім ще { $count }
       *[other] потім ще { $count }
    }
more-templates = Більше
