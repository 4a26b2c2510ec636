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
template-route-changed = Your route has changed: { $text }
    .label = Route changed
template-slot-changed = Your time slot has changed: { $text }
    .label = Time slot changed
template-please-confirm = Please confirm that you have read this.
    .label = Please confirm
template-call-in = Please call dispatch.
    .label = Call dispatch

# A template of a newer version, or one whose arguments have not come.
template-plain = { $name }: { $arguments }
