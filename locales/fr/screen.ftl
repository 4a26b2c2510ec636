# La liaison
link-online = En ligne
link-https = En ligne, plus lent
link-https-detail = Seul HTTPS passe : les nouveautés arrivent par intervalles.
link-catching-up = Récupération des messages manqués…
link-connecting = Connexion…
link-offline = Hors ligne
link-retry = Prochain essai : { $time }
link-flight = Mode avion
link-flight-detail = Rien n’est envoyé ni reçu tant que vous ne l’avez pas désactivé.
link-revoked = Cet appareil est désactivé
link-revoked-detail = Il ne peut plus rien envoyer ni recevoir. Demandez un nouveau lien à l’exploitation.
link-waiting =
    { $count ->
        [one] { $count } message en attente
       *[other] { $count } messages en attente
    }
notice-full = Plus de place pour d’autres messages
notice-full-detail = Les nouveaux messages sont refusés tant que ceux en attente ne sont pas partis. Trouvez un endroit avec du réseau.
notice-store = Cet appareil ne peut plus rien enregistrer
notice-store-detail = Ce que vous faites maintenant n’est pas conservé. Libérez de l’espace ou appelez l’exploitation. ({ $cause })
store-broken = Cet appareil ne peut pas lire ses messages
store-broken-detail = Rien n’est perdu sur le serveur. Appelez votre admin. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } message refusé
       *[other] { $count } messages refusés
    }
notice-show = Afficher
not-sent = Non envoyé
switch-language = Langue
switch-night = Mode nuit
switch-day = Mode jour
close = Fermer

# Activation de l’appareil
enrol-title = Activer cet appareil
enrol-hint = Vous avez reçu un lien valable une seule fois. Collez-le ici.
enrol-link = Lien
enrol-link-example = waypost://…
enrol-device = Nom de cet appareil
enrol-device-example = Par exemple : tablette camion 12
enrol = Activer
enrol-busy = Activation…
enrol-no-link = Collez d’abord le lien reçu de l’exploitation. Il commence par waypost://
enrol-no-device = Donnez un nom à cet appareil pour que l’exploitation le reconnaisse.
enrol-bad-link = Ce n’est pas un lien d’activation. Copiez le lien en entier, de waypost:// jusqu’à la fin.
enrol-unreachable = Le serveur ne répond pas. Vérifiez le réseau et réessayez.
enrol-wrong-server = Ce n’est pas le serveur pour lequel ce lien a été créé. N’allez pas plus loin ; demandez un nouveau lien à l’exploitation.
enrol-store = Cet appareil ne peut pas enregistrer l’activation. Libérez de l’espace et réessayez.

# Conversations
conversations = Conversations
conversation-none = Personne à qui écrire pour l’instant
conversation-none-detail = L’exploitation apparaîtra ici dès que cet appareil aura été en ligne une fois.
conversation-empty = Aucun message pour l’instant
broadcasts = Diffusions
dispatch = Régulation
case-assigned = Pris en charge
case-resolved = Résolu
case-reopened = Rouvert
notification-settings = Réglages des notifications
expiry-set = Durée de conservation des messages
report = Signalement
report-judged = Décision sur un signalement
incident =
    { $category ->
        [sos] SOS
        [medical] Urgence médicale
        [accident] Accident
        [security] Sécurité
        [breakdown] Panne
        [cargo] Chargement
        [obstruction] Obstacle
        [customer] Client
       *[other] Incident
    }
stop-state =
    { $state ->
        [accepted] Accepté
        [en-route] En route
        [arrived] Sur place
        [servicing] En cours
        [completed] Terminé
        [attempted] Tentative vaine
        [refused] Refusé
        [cancelled] Annulé
       *[assigned] Planifié
    }
stop-planning = Planification de la tournée
plans-answered = Réponse à un plan
members =
    { $count ->
        [one] { $count } personne
       *[other] { $count } personnes
    }
unread =
    { $count ->
        [one] { $count } message non lu
       *[other] { $count } messages non lus
    }
people = Contacts
people-filter = Chercher un contact
people-none = Aucun contact à ce nom
presence-online = En ligne
presence-online-since = En ligne depuis { $time }
presence-offline = Hors ligne
presence-last-seen = Dernière connexion : { $time }
presence-away = Loin de l’appareil
presence-driving = Au volant
presence-off-shift = Hors service
presence-typing = écrit…

# Messages
you = Vous
consignee = Destinataire
compose = Écrire un message
send = Envoyer
acknowledge = Confirmer
acknowledged-by-you = Vous avez confirmé
earlier = Afficher les messages précédents
newest = Derniers messages
today = Aujourd’hui
yesterday = Hier
date =
    { $day } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[12] décembre
    }
clock-suspect = Horloge déréglée, message enregistré : { $time }
message-newer = Message d’une version plus récente. Mettez l’application à jour pour le lire.
message-gone = Ce message a été supprimé.
message-deletion = Retire un message des écrans
message-edited = { $time } · modifié

# Jusqu’où un message est arrivé
state-queued = En attente
state-accepted = Envoyé
state-delivered = Distribué
state-read = Lu
state-acknowledged = Confirmé
state-progress = { $state } : { $reached } sur { $total }
receipts-title = Accusés de réception
receipts-hint = Choisissez un de vos messages pour voir qui l’a reçu.
receipts-not-yet = Pas encore

# Messages prédéfinis
minutes = { $minutes } min
templates = Messages prédéfinis
template-text = Qu’est-ce qui a changé ?
cancel = Annuler

# Ce que le serveur a refusé
refused-title = Messages refusés
refused-to = À : { $title }
send-again = Renvoyer
discard = Supprimer
discard-sure = Supprimer définitivement ?
keep = Garder

# Un message prédéfini d’une version plus récente, ou dont les données ne sont pas arrivées.
template-plain = { $name } : { $arguments }

# Pourquoi quelque chose ne s’est pas passé comme prévu.
reason-other = Autre motif
reason-consignee-absent = Personne pour recevoir la marchandise
reason-consignee-closed = Site fermé
reason-address-wrong = Mauvaise adresse
reason-address-not-found = Lieu introuvable
reason-refused-by-consignee = Refus du destinataire
reason-goods-damaged = Marchandise endommagée
reason-goods-missing = Marchandise incomplète
reason-goods-wrong = Marchandise non conforme à la commande
reason-no-access = Accès impossible
reason-unsuitable-facility = Déchargement impossible sur place
reason-not-enough-time = Temps insuffisant
reason-window-missed = Arrivée après le créneau
reason-receiving-time-restricted = Réception à d’autres horaires
reason-vehicle-breakdown = Panne du véhicule
reason-accident = Accident
reason-traffic = Circulation ou route bloquée
reason-weather = Météo
reason-customs = Marchandise retenue en douane
reason-documents-missing = Documents manquants ou incorrects
reason-payment-missing = Paiement non effectué
reason-other-date-wanted = Le client souhaite un autre créneau
reason-shipper-cancelled = Annulation par l’expéditeur
reason-overweight = Trop lourd
reason-previous-stop = Retard à l’arrêt précédent
reason-driver-unavailable = Pas de chauffeur ou temps de conduite épuisé

# La journée du chauffeur
page-day = Aujourd’hui
page-messages = Messages
day-none = Aucun arrêt prévu
day-none-detail = Les messages fonctionnent comme d’habitude.
day-done = Terminé pour aujourd’hui
day-next = Ensuite
day-count =
    { $all ->
        [one] { $done } sur { $all } arrêt
       *[other] { $done } sur { $all } arrêts
    }

# Un arrêt
stop-navigate = Itinéraire
stop-call = Appeler
stop-late = En retard depuis { $time }
stop-instructions = Consignes
stop-goods = Marchandise
stop-kind-delivery = Livraison
stop-kind-pickup = Enlèvement
stop-kind-depot = Dépôt

# Ce que l’exploitation a modifié
change-title = Modifié par l’exploitation
change-new = Nouvel arrêt
change-new-trip =
    { $count ->
        [one] Nouvelle tournée : { $count } arrêt
       *[other] Nouvelle tournée : { $count } arrêts
    }
change-order = Autre ordre des arrêts
change-before = avant
change-now = maintenant
change-name = Lieu
change-address = Adresse
change-window = Créneau
change-instructions = Consignes
change-goods = Marchandise
change-place = Point sur la carte
change-contact = Contact
change-other = Détails
change-accept = Accepter
change-refuse = Refuser
change-why = Pourquoi ce refus ?

# Confirmer et annuler
confirm-title = { $what } : { $where } ?
confirm-yes = Oui
confirm-no = Retour
words-title = Que souhaitez-vous dire ?
undo = Annuler
undo-done = Envoyé : { $what }
urgent-title = Urgent
urgent-acknowledge = Compris
urgent-more =
    { $count ->
        [one] { $count } autre ensuite
       *[other] { $count } autres ensuite
    }
more-templates = Plus
