# Готові повідомлення. Ідентифікатор після `template-` незмінний; `.label` — це напис на кнопці.

template-running-late =
    { $minutes ->
        [one] Запізнююся на { $minutes } хвилину.
        [few] Запізнююся на { $minutes } хвилини.
        [many] Запізнююся на { $minutes } хвилин.
       *[other] Запізнююся на { $minutes } хвилини.
    }
    .label = Запізнення
template-arrived = Я на місці.
    .label = На місці
template-delivered = Доставлено.
    .label = Доставлено
template-customer-absent = Клієнта немає на місці.
    .label = Клієнта немає
template-breakdown = У мене зламалася машина.
    .label = Поломка
template-call-me = Зателефонуйте мені, будь ласка.
    .label = Зателефонуйте мені
template-on-my-way =
    { $minutes ->
        [one] Я в дорозі, буду за { $minutes } хвилину.
        [few] Я в дорозі, буду за { $minutes } хвилини.
        [many] Я в дорозі, буду за { $minutes } хвилин.
       *[other] Я в дорозі, буду за { $minutes } хвилини.
    }
    .label = У дорозі
template-picked-up = Вантаж забрано.
    .label = Забрано
template-refused = Клієнт відмовляється прийняти вантаж: { $text }
    .label = Відмова клієнта
template-damaged = Вантаж пошкоджено: { $text }
    .label = Вантаж пошкоджено
template-wrong-address = Адреса неправильна: { $text }
    .label = Неправильна адреса
template-road-blocked = Дорогу перекрито: { $text }
    .label = Дорогу перекрито
template-waiting =
    { $minutes ->
        [one] Чекаю тут уже { $minutes } хвилину.
        [few] Чекаю тут уже { $minutes } хвилини.
        [many] Чекаю тут уже { $minutes } хвилин.
       *[other] Чекаю тут уже { $minutes } хвилини.
    }
    .label = Чекаю
template-accident = Сталася аварія.
    .label = Аварія
template-on-break =
    { $minutes ->
        [one] Роблю перерву на { $minutes } хвилину.
        [few] Роблю перерву на { $minutes } хвилини.
        [many] Роблю перерву на { $minutes } хвилин.
       *[other] Роблю перерву на { $minutes } хвилини.
    }
    .label = Перерва
template-understood = Зрозуміло.
    .label = Зрозуміло
template-route-changed = Ваш маршрут змінено: { $text }
    .label = Маршрут змінено
template-slot-changed = Ваше часове вікно змінено: { $text }
    .label = Часове вікно змінено
template-please-confirm = Підтвердьте, будь ласка, що Ви це прочитали.
    .label = Прошу підтвердити
template-call-in = Зателефонуйте, будь ласка, диспетчеру.
    .label = Дзвінок диспетчеру
template-stop-added = Додано зупинку: { $text }
    .label = Нова зупинка
template-stop-cancelled = Зупинку скасовано: { $text }
    .label = Зупинку скасовано
template-where-are-you = Де Ви зараз?
    .label = Де Ви зараз?
template-return-to-depot = Поверніться, будь ласка, на базу.
    .label = Назад на базу
template-consignee-access = Як потрапити всередину: { $text }
    .label = Ворота, дзвінок або код
template-consignee-leave-with = Вантаж замість мене прийме: { $text }
    .label = Прийме хтось інший
template-consignee-call = Зателефонуйте мені, будь ласка, перед приїздом: { $text }
    .label = Зателефонуйте перед приїздом
template-consignee-late =
    { $minutes ->
        [one] Буду на місці за { $minutes } хвилину.
        [few] Буду на місці за { $minutes } хвилини.
        [many] Буду на місці за { $minutes } хвилин.
       *[other] Буду на місці за { $minutes } хвилини.
    }
    .label = Буду за …
template-consignee-absent = Мене не буде на місці.
    .label = Мене не буде
