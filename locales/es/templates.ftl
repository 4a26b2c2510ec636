# Los mensajes rápidos. El identificador tras `template-` no cambia; `.label` va en el botón.

template-running-late =
    { $minutes ->
        [one] Voy con { $minutes } minuto de retraso.
       *[other] Voy con { $minutes } minutos de retraso.
    }
    .label = Retraso
template-arrived = Ya he llegado.
    .label = He llegado
template-delivered = Entregado.
    .label = Entregado
template-customer-absent = El cliente no está.
    .label = Cliente ausente
template-breakdown = Tengo una avería en el vehículo.
    .label = Avería
template-call-me = Llámeme, por favor.
    .label = Llámeme
template-on-my-way =
    { $minutes ->
        [one] Voy de camino, llego en { $minutes } minuto.
       *[other] Voy de camino, llego en { $minutes } minutos.
    }
    .label = De camino
template-picked-up = Ya lo he recogido.
    .label = Recogido
template-refused = El cliente rechaza la mercancía: { $text }
    .label = Mercancía rechazada
template-damaged = La mercancía está dañada: { $text }
    .label = Mercancía dañada
template-wrong-address = La dirección no es correcta: { $text }
    .label = Dirección incorrecta
template-road-blocked = La carretera está cortada: { $text }
    .label = Carretera cortada
template-waiting =
    { $minutes ->
        [one] Llevo { $minutes } minuto esperando aquí.
       *[other] Llevo { $minutes } minutos esperando aquí.
    }
    .label = Esperando
template-accident = Ha habido un accidente.
    .label = Accidente
template-on-break =
    { $minutes ->
        [one] Hago una pausa de { $minutes } minuto.
       *[other] Hago una pausa de { $minutes } minutos.
    }
    .label = Pausa
template-understood = Entendido.
    .label = Entendido
template-route-changed = Su ruta ha cambiado: { $text }
    .label = Cambio de ruta
template-slot-changed = Su franja horaria ha cambiado: { $text }
    .label = Nueva franja horaria
template-please-confirm = Confirme que ha leído este mensaje, por favor.
    .label = Confirme, por favor
template-call-in = Llame a la central, por favor.
    .label = Llame a la central
template-stop-added = Se ha añadido una parada: { $text }
    .label = Nueva parada
template-stop-cancelled = Se ha cancelado una parada: { $text }
    .label = Parada cancelada
template-where-are-you = ¿Dónde está usted?
    .label = ¿Dónde está?
template-return-to-depot = Vuelva a la base, por favor.
    .label = Vuelva a la base
template-consignee-access = Para entrar: { $text }
    .label = Puerta, timbre o código
template-consignee-leave-with = Por favor, entréguelo a: { $text }
    .label = Entregar a otra persona
template-consignee-call = Por favor, llámeme antes de llegar: { $text }
    .label = Llámeme antes
template-consignee-late =
    { $minutes ->
        [one] Estaré ahí en { $minutes } minuto.
       *[other] Estaré ahí en { $minutes } minutos.
    }
    .label = Estaré ahí en …
template-consignee-absent = No estaré ahí.
    .label = No estaré ahí
