# The link
link-online = Online
link-https = Online, slower
link-https-detail = Only HTTPS gets through: news comes at intervals.
link-catching-up = Fetching what you missed…
link-connecting = Connecting…
link-offline = Offline
link-retry = Next try { $time }
link-flight = Flight mode
link-flight-detail = Nothing is sent or received until you switch it off.
link-revoked = This device is signed off
link-revoked-detail = It can no longer send or receive. Ask dispatch for a new link.
link-waiting =
    { $count ->
        [one] { $count } message waiting
       *[other] { $count } messages waiting
    }
notice-full = No room for more messages
notice-full-detail = New messages are refused until the waiting ones are sent. Find a place with signal.
notice-store = This device cannot save
notice-store-detail = What you tap now is not kept. Free some space or call dispatch. ({ $cause })
store-broken = This device cannot read its messages
store-broken-detail = Nothing is lost at the server. Call your admin. ({ $cause })
notice-refused =
    { $count ->
        [one] { $count } message was refused
       *[other] { $count } messages were refused
    }
notice-show = Show
not-sent = Not sent
switch-language = Language
switch-night = Night colours
switch-day = Day colours
close = Close

# Enrolment
enrol-title = Enrol this device
enrol-hint = You were given a link that works once. Paste it here.
enrol-link = Link
enrol-link-example = waypost://…
enrol-device = Name of this device
enrol-device-example = For example: Van 12 tablet
enrol = Enrol
enrol-busy = Enrolling…
enrol-no-link = Paste the link from dispatch first. It begins with waypost://
enrol-no-device = Give this device a name, so that dispatch can tell it from others.
enrol-bad-link = This is no enrolment link. Copy the whole link, from waypost:// to its end.
enrol-unreachable = The server does not answer. Check the network and try again.
enrol-wrong-server = This is not the server that the link was made for. Do not go on; ask dispatch for a new link.
enrol-store = This device cannot save the enrolment. Free some space and try again.

# Conversations
conversations = Conversations
conversation-none = No one to write to yet
conversation-none-detail = Dispatch appears here as soon as this device has been online once.
conversation-empty = No messages yet
broadcasts = Broadcasts
dispatch = Dispatch
case-assigned = Taken
case-resolved = Resolved
case-reopened = Opened again
notification-settings = Notification settings
expiry-set = How long messages stay
report = Report
report-judged = Verdict on a report
incident =
    { $category ->
        [sos] SOS
        [medical] Medical emergency
        [accident] Accident
        [security] Security
        [breakdown] Breakdown
        [cargo] Cargo
        [obstruction] Obstruction
        [customer] Customer
       *[other] Incident
    }
stop-state =
    { $state ->
        [accepted] Accepted
        [en-route] On the way
        [arrived] Arrived
        [servicing] At work
        [completed] Done
        [attempted] Attempted in vain
        [refused] Refused
        [cancelled] Cancelled
       *[assigned] Planned
    }
stop-planning = Trip planning
plans-answered = Answer to a plan
members =
    { $count ->
        [one] { $count } person
       *[other] { $count } people
    }
unread =
    { $count ->
        [one] { $count } unread message
       *[other] { $count } unread messages
    }
people = People
people-filter = Find people
people-none = No one by that name
presence-online = Online
presence-online-since = Online since { $time }
presence-offline = Offline
presence-last-seen = Last seen { $time }
presence-away = Away
presence-driving = Driving
presence-off-shift = Off shift
presence-typing = typing…

# Messages
you = You
consignee = Consignee
compose = Write a message
send = Send
acknowledge = Acknowledge
acknowledged-by-you = You acknowledged
earlier = Show earlier messages
newest = Newest messages
today = Today
yesterday = Yesterday
date =
    { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    }
clock-suspect = Clock was wrong, recorded { $time }
message-newer = A message from a newer version. Update this app to read it.
message-gone = This message is gone.
message-deletion = Takes a message off the screens
message-edited = { $time } · edited

# How far a message has come
state-queued = Waiting
state-accepted = Sent
state-delivered = Delivered
state-read = Read
state-acknowledged = Acknowledged
state-progress = { $state } { $reached } of { $total }
receipts-title = Receipts
receipts-hint = Select one of your messages to see who has it.
receipts-not-yet = Not yet

# Templates
minutes = { $minutes } min
templates = Ready messages
template-text = What has changed?
cancel = Cancel

# What the server refused
refused-title = Refused messages
refused-to = To { $title }
send-again = Send again
discard = Discard
discard-sure = Discard it for ever?
keep = Keep

# A template of a newer version, or one whose arguments have not come.
template-plain = { $name }: { $arguments }

# Why something did not go as it was planned.
reason-other = Another reason
reason-consignee-absent = Nobody there to take the goods
reason-consignee-closed = The place was closed
reason-address-wrong = Wrong address
reason-address-not-found = Place not found
reason-refused-by-consignee = Refused by the consignee
reason-goods-damaged = Goods damaged
reason-goods-missing = Goods missing
reason-goods-wrong = Wrong goods
reason-no-access = No way in
reason-unsuitable-facility = Cannot be unloaded there
reason-not-enough-time = Not enough time
reason-window-missed = Arrived after the time window
reason-receiving-time-restricted = Goods are taken at other times
reason-vehicle-breakdown = Vehicle breakdown
reason-accident = Accident
reason-traffic = Traffic or blocked road
reason-weather = Weather
reason-customs = Goods held by customs
reason-documents-missing = Papers missing or wrong
reason-payment-missing = Not paid
reason-other-date-wanted = Customer wants another time
reason-shipper-cancelled = Cancelled by the sender
reason-overweight = Too heavy
reason-previous-stop = Delay at the stop before
reason-driver-unavailable = No driver or no driving time left

# The driver's day
page-day = Today
page-messages = Messages
day-none = No stops planned
day-none-detail = Messages work as always.
day-done = All done for today
day-next = Next
day-count =
    { $all ->
        [one] { $done } of { $all } stop
       *[other] { $done } of { $all } stops
    }

# A stop
stop-navigate = Navigate
stop-call = Call
stop-late = Late since { $time }
stop-instructions = Instructions
stop-goods = Goods
stop-kind-delivery = Delivery
stop-kind-pickup = Pickup
stop-kind-depot = Depot

# What dispatch has changed
change-title = Changed by dispatch
change-new = New stop
change-new-trip =
    { $count ->
        [one] New trip: one stop
       *[other] New trip: { $count } stops
    }
change-order = Another order of the stops
change-before = before
change-now = now
change-name = Where
change-address = Address
change-window = Time
change-instructions = Instructions
change-goods = Goods
change-place = Place on the map
change-contact = Contact
change-other = Details
change-accept = Accept
change-refuse = Refuse
change-why = Why not?

# To ask once more, and to take back
confirm-title = { $what }: { $where }?
confirm-yes = Yes
confirm-no = Back
words-title = What do you want to say?
undo = Undo
undo-done = Sent: { $what }
urgent-title = Urgent
urgent-acknowledge = Understood
urgent-more =
    { $count ->
        [one] one more after this
       *[other] { $count } more after this
    }
more-templates = More
