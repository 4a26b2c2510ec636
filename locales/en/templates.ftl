# The ready messages. The id after `template-` is stable; `.label` is the name on its button.

template-running-late =
    { $minutes ->
        [one] I am running { $minutes } minute late.
       *[other] I am running { $minutes } minutes late.
    }
    .label = Running late
template-arrived = I have arrived.
    .label = Arrived
template-delivered = Delivered.
    .label = Delivered
template-customer-absent = The customer is not here.
    .label = Customer absent
template-breakdown = My vehicle has broken down.
    .label = Breakdown
template-call-me = Please call me.
    .label = Call me
template-on-my-way =
    { $minutes ->
        [one] I am on my way and there in { $minutes } minute.
       *[other] I am on my way and there in { $minutes } minutes.
    }
    .label = On my way
template-picked-up = I have picked it up.
    .label = Picked up
template-refused = The customer refuses the goods: { $text }
    .label = Refused
template-damaged = The goods are damaged: { $text }
    .label = Damaged
template-wrong-address = The address is wrong: { $text }
    .label = Wrong address
template-road-blocked = The road is blocked: { $text }
    .label = Road blocked
template-waiting =
    { $minutes ->
        [one] I have been waiting here for { $minutes } minute.
       *[other] I have been waiting here for { $minutes } minutes.
    }
    .label = Waiting
template-accident = There has been an accident.
    .label = Accident
template-on-break =
    { $minutes ->
        [one] I am taking a break of { $minutes } minute.
       *[other] I am taking a break of { $minutes } minutes.
    }
    .label = Break
template-understood = Understood.
    .label = Understood
template-route-changed = Your route has changed: { $text }
    .label = Route changed
template-slot-changed = Your time slot has changed: { $text }
    .label = Time slot changed
template-please-confirm = Please confirm that you have read this.
    .label = Please confirm
template-call-in = Please call dispatch.
    .label = Call dispatch
template-stop-added = A stop has been added: { $text }
    .label = Stop added
template-stop-cancelled = A stop has been cancelled: { $text }
    .label = Stop cancelled
template-where-are-you = Where are you?
    .label = Where are you?
template-return-to-depot = Please come back to the depot.
    .label = Back to the depot
template-consignee-access = How to get in: { $text }
    .label = Gate, bell or code
template-consignee-leave-with = Please leave it with: { $text }
    .label = Leave it with someone
template-consignee-call = Please call me before you arrive: { $text }
    .label = Call me before
template-consignee-late =
    { $minutes ->
        [one] I will be there in { $minutes } minute.
       *[other] I will be there in { $minutes } minutes.
    }
    .label = I will be there in …
template-consignee-absent = I will not be there.
    .label = I will not be there
