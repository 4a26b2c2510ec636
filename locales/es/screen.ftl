# La conexión
link-online = En línea
link-https = En línea, más lento
link-https-detail = Solo funciona HTTPS: lo nuevo llega cada cierto tiempo.
link-catching-up = Poniéndose al día…
link-connecting = Conectando…
link-offline = Sin conexión
link-retry = Próximo intento: { $time }
link-flight = Modo avión
link-flight-detail = No se envía ni se recibe nada hasta que lo desactive.
link-revoked = Este dispositivo está dado de baja
link-revoked-detail = Ya no puede enviar ni recibir. Pida un enlace nuevo a la central.
link-waiting =
    { $count ->
        [one] { $count } mensaje en espera
       *[other] { $count } mensajes en espera
    }
notice-full = No caben más mensajes
notice-full-detail = Los mensajes nuevos se rechazan hasta que se envíen los que están en espera. Busque un lugar con cobertura.
notice-store = Este dispositivo no puede guardar datos
notice-store-detail = Lo que pulse ahora no se guardará. Libere espacio o llame a la central. ({ $cause })
store-broken = Este dispositivo no puede leer sus mensajes
store-broken-detail = En el servidor no se ha perdido nada. Llame a su administrador. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } mensaje rechazado
       *[other] { $count } mensajes rechazados
    }
notice-show = Ver
not-sent = No enviado
switch-language = Idioma
switch-night = Colores de noche
switch-day = Colores de día
close = Cerrar

# Registro
enrol-title = Registrar este dispositivo
enrol-hint = Le han dado un enlace que solo sirve una vez. Péguelo aquí.
enrol-link = Enlace
enrol-link-example = waypost://…
enrol-device = Nombre de este dispositivo
enrol-device-example = Por ejemplo: tablet de la furgoneta 12
enrol = Registrar
enrol-busy = Registrando…
enrol-no-link = Pegue primero el enlace de la central. Empieza por waypost://
enrol-no-device = Ponga un nombre a este dispositivo para que la central lo distinga de los demás.
enrol-bad-link = Este no es un enlace de registro. Copie el enlace entero, desde waypost:// hasta el final.
enrol-unreachable = El servidor no responde. Compruebe la red e inténtelo de nuevo.
enrol-wrong-server = Este no es el servidor para el que se creó el enlace. No continúe; pida un enlace nuevo a la central.
enrol-store = Este dispositivo no puede guardar el registro. Libere espacio e inténtelo de nuevo.

# Conversaciones
conversations = Conversaciones
conversation-none = Aún no hay nadie a quien escribir
conversation-none-detail = La central aparecerá aquí en cuanto este dispositivo se haya conectado una vez.
conversation-empty = Aún no hay mensajes
broadcasts = Difusiones
dispatch = Central
case-assigned = Asumido
case-resolved = Resuelto
case-reopened = Abierto de nuevo
notification-settings = Ajustes de avisos
expiry-set = Duración de los mensajes
report = Denuncia
report-judged = Decisión sobre una denuncia
incident =
    { $category ->
        [sos] SOS
        [medical] Emergencia médica
        [accident] Accidente
        [security] Seguridad
        [breakdown] Avería
        [cargo] Carga
        [obstruction] Obstáculo
        [customer] Cliente
       *[other] Incidencia
    }
stop-state =
    { $state ->
        [accepted] Aceptada
        [en-route] En camino
        [arrived] En el lugar
        [servicing] En curso
        [completed] Hecha
        [attempted] Intento fallido
        [refused] Rechazada
        [cancelled] Cancelada
       *[assigned] Planificada
    }
stop-planning = Planificación del viaje
plans-answered = Respuesta a un plan
members =
    { $count ->
        [one] { $count } persona
       *[other] { $count } personas
    }
unread =
    { $count ->
        [one] { $count } mensaje sin leer
       *[other] { $count } mensajes sin leer
    }
people = Personas
people-filter = Buscar personas
people-none = Nadie con ese nombre
presence-online = En línea
presence-online-since = En línea desde: { $time }
presence-offline = Sin conexión
presence-last-seen = Última conexión: { $time }
presence-away = Lejos del dispositivo
presence-driving = Al volante
presence-off-shift = Fuera de turno
presence-typing = escribiendo…

# Mensajes
you = Usted
consignee = Destinatario
compose = Escribir un mensaje
send = Enviar
acknowledge = Confirmar
acknowledged-by-you = Confirmado por usted
earlier = Ver mensajes anteriores
newest = Mensajes más recientes
today = Hoy
yesterday = Ayer
date =
    { $day } de { $month ->
        [1] enero
        [2] febrero
        [3] marzo
        [4] abril
        [5] mayo
        [6] junio
        [7] julio
        [8] agosto
        [9] septiembre
        [10] octubre
        [11] noviembre
       *[12] diciembre
    }
clock-suspect = El reloj iba mal; registrado: { $time }
message-newer = Mensaje de una versión más nueva. Actualice la aplicación para leerlo.
message-gone = Este mensaje ya no existe.
message-deletion = Quita un mensaje de las pantallas
message-edited = { $time } · editado

# Hasta dónde ha llegado un mensaje
state-queued = En espera
state-accepted = Enviado
state-delivered = Entregado
state-read = Leído
state-acknowledged = Confirmado
state-progress = { $state }: { $reached } de { $total }
receipts-title = Acuses de recibo
receipts-hint = Seleccione uno de sus mensajes para ver quién lo ha recibido.
receipts-not-yet = Aún no

# Plantillas
minutes = { $minutes } min
templates = Mensajes rápidos
template-text = ¿Qué ha cambiado?
cancel = Cancelar

# Lo que el servidor ha rechazado
refused-title = Mensajes rechazados
refused-to = Para: { $title }
send-again = Enviar de nuevo
discard = Descartar
discard-sure = ¿Descartar para siempre?
keep = Conservar

# Una plantilla de una versión más nueva, o una cuyos datos no han llegado.
template-plain = { $name }: { $arguments }

# Por qué algo no salió como estaba previsto.
reason-other = Otro motivo
reason-consignee-absent = Nadie para recibir la mercancía
reason-consignee-closed = El lugar estaba cerrado
reason-address-wrong = Dirección incorrecta
reason-address-not-found = Lugar no encontrado
reason-refused-by-consignee = Rechazo del destinatario
reason-goods-damaged = Mercancía dañada
reason-goods-missing = Mercancía incompleta
reason-goods-wrong = Mercancía equivocada
reason-no-access = Sin acceso
reason-unsuitable-facility = No se puede descargar allí
reason-not-enough-time = Tiempo insuficiente
reason-window-missed = Llegada después de la franja horaria
reason-receiving-time-restricted = La mercancía se recibe en otro horario
reason-vehicle-breakdown = Avería del vehículo
reason-accident = Accidente
reason-traffic = Tráfico o carretera cortada
reason-weather = Mal tiempo
reason-customs = Mercancía retenida en la aduana
reason-documents-missing = Faltan documentos o son incorrectos
reason-payment-missing = Pago pendiente
reason-other-date-wanted = El cliente quiere otra fecha u hora
reason-shipper-cancelled = Cancelación del remitente
reason-overweight = Demasiado peso
reason-previous-stop = Retraso en la parada anterior
reason-driver-unavailable = Sin conductor o sin tiempo de conducción

# La jornada del conductor
page-day = Hoy
page-messages = Mensajes
day-none = Sin paradas previstas
day-none-detail = Los mensajes funcionan como siempre.
day-done = Todo hecho por hoy
day-next = A continuación
day-count =
    { $all ->
        [one] { $done } de { $all } parada
       *[other] { $done } de { $all } paradas
    }

# Una parada
stop-navigate = Cómo llegar
stop-call = Llamar
stop-late = Retraso desde { $time }
stop-instructions = Instrucciones
stop-goods = Mercancía
stop-kind-delivery = Entrega
stop-kind-pickup = Recogida
stop-kind-depot = Base

# Lo que la central ha cambiado
change-title = Cambio de la central
change-new = Nueva parada
change-new-trip =
    { $count ->
        [one] Nuevo viaje: { $count } parada
       *[other] Nuevo viaje: { $count } paradas
    }
change-order = Otro orden de paradas
change-before = antes
change-now = ahora
change-name = Lugar
change-address = Dirección
change-window = Horario
change-instructions = Instrucciones
change-goods = Mercancía
change-place = Punto en el mapa
change-contact = Contacto
change-other = Detalles
change-accept = Aceptar
change-refuse = Rechazar
change-why = ¿Por qué no?

# Confirmar y deshacer
confirm-title = ¿{ $what }: { $where }?
confirm-yes = Sí
confirm-no = Volver
words-title = ¿Qué desea decir?
undo = Deshacer
undo-done = Enviado: { $what }
urgent-title = Urgente
urgent-acknowledge = Entendido
urgent-more =
    { $count ->
        [one] otro más después
       *[other] { $count } más después
    }
more-templates = Más
