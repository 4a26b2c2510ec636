# Les messages prédéfinis. L’identifiant après `template-` ne change jamais ; `.label` est le nom sur le bouton.

template-running-late =
    { $minutes ->
        [one] J’aurai { $minutes } minute de retard.
       *[other] J’aurai { $minutes } minutes de retard.
    }
    .label = Retard
template-arrived = Je suis sur place.
    .label = Sur place
template-delivered = Livraison effectuée.
    .label = Livré
template-customer-absent = Le client est absent.
    .label = Client absent
template-breakdown = Mon véhicule est en panne.
    .label = Panne
template-call-me = Merci de m’appeler.
    .label = Appelez-moi
template-on-my-way =
    { $minutes ->
        [one] Je suis en route, j’arrive dans { $minutes } minute.
       *[other] Je suis en route, j’arrive dans { $minutes } minutes.
    }
    .label = En route
template-picked-up = Enlèvement effectué.
    .label = Enlèvement fait
template-refused = Le client refuse la marchandise : { $text }
    .label = Refus du client
template-damaged = La marchandise est abîmée : { $text }
    .label = Marchandise abîmée
template-wrong-address = L’adresse est incorrecte : { $text }
    .label = Mauvaise adresse
template-road-blocked = La route est bloquée : { $text }
    .label = Route bloquée
template-waiting =
    { $minutes ->
        [one] J’attends ici depuis { $minutes } minute.
       *[other] J’attends ici depuis { $minutes } minutes.
    }
    .label = Attente
template-accident = Il y a eu un accident.
    .label = Accident
template-on-break =
    { $minutes ->
        [one] Je fais une pause de { $minutes } minute.
       *[other] Je fais une pause de { $minutes } minutes.
    }
    .label = Pause
template-understood = Bien compris.
    .label = Compris
template-route-changed = Votre itinéraire a changé : { $text }
    .label = Itinéraire modifié
template-slot-changed = Votre créneau a changé : { $text }
    .label = Créneau modifié
template-please-confirm = Merci de confirmer que vous avez lu ce message.
    .label = Merci de confirmer
template-call-in = Merci d’appeler l’exploitation.
    .label = Appeler l’exploitation
template-stop-added = Un arrêt a été ajouté : { $text }
    .label = Arrêt ajouté
template-stop-cancelled = Un arrêt a été annulé : { $text }
    .label = Arrêt annulé
template-where-are-you = Où êtes-vous ?
    .label = Où êtes-vous ?
template-return-to-depot = Merci de revenir au dépôt.
    .label = Retour au dépôt
template-consignee-access = Pour entrer : { $text }
    .label = Portail, sonnette ou code
template-consignee-leave-with = Merci de remettre la livraison à : { $text }
    .label = Remettre à quelqu’un d’autre
template-consignee-call = Merci de m’appeler avant d’arriver : { $text }
    .label = Appelez-moi avant
template-consignee-late =
    { $minutes ->
        [one] Je serai là dans { $minutes } minute.
       *[other] Je serai là dans { $minutes } minutes.
    }
    .label = Je serai là dans …
template-consignee-absent = Je ne serai pas là.
    .label = Je ne serai pas là
