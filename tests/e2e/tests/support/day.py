"""A day at dispatch, with nothing but the client that openapi-python-client makes of our document."""

import os
import secrets
import time
import uuid

from waypost import AuthenticatedClient
from waypost.api.cases import assign_case, list_cases, open_incident, resolve_case, show_case
from waypost.api.conversations import create_group, list_conversations
from waypost.api.events import list_events
from waypost.api.messages import (
    acknowledge,
    edit_message,
    list_messages,
    list_receipts,
    send_broadcast,
    send_message,
)
from waypost.api.people import list_people, me
from waypost.api.search import search
from waypost.api.templates import list_templates
from waypost.models import (
    Arguments,
    ArgumentsAdditionalPropertyType2,
    Assignment,
    BroadcastWanted,
    EditWanted,
    GroupWanted,
    IncidentCategory,
    IncidentWanted,
    Priority,
    ProblemCode,
    Recipients,
    Resolution,
    TemplateBody,
    TemplateBodyKind,
    TextBody,
    TextBodyKind,
)


def client(name):
    return AuthenticatedClient(
        base_url=os.environ["BASE"], token=os.environ[name], verify_ssl=os.environ["CA"]
    )


def new_key():
    """A UUIDv7, which this Python has no function for."""
    bits = int(time.time() * 1000) << 80 | 7 << 76 | 2 << 62
    return str(uuid.UUID(int=bits | secrets.randbits(12) << 64 | secrets.randbits(62)))


def text(words, **header):
    return TextBody(kind=TextBodyKind.TEXT, text=words, **header)


omar, dana, crm = client("OMAR"), client("DANA"), client("CRM")

# Who is there.
me_omar, me_dana = me.sync(client=omar), me.sync(client=dana)
people = {}
after = None
while True:
    page = list_people.sync(client=omar, limit=2, **({"after": after} if after else {}))
    people.update((person.handle, person) for person in page.people)
    after = page.next_
    if not after:
        break
assert set(people) == {"ines", "omar", "dana", "ayo", "crm"}, people.keys()
chat = "direct-%d-%d" % tuple(sorted((me_omar.id, me_dana.id)))

# The ERP pushes an order, and the answer is lost on the way: it asks again with the same key.
key = new_key()
to_dana = "direct-%d-%d" % tuple(sorted((me.sync(client=crm).id, me_dana.id)))
first = send_message.sync(to_dana, client=crm, body=text("Order 4711 is ready"), idempotency_key=key)
again = send_message.sync(to_dana, client=crm, body=text("Order 4711 is ready"), idempotency_key=key)
assert str(first.id) == key and first.sequence == again.sequence
assert len(list_messages.sync(to_dana, client=dana).messages) == 1

# Dana is late, by template; Omar reads it in her words and acknowledges.
templates = list_templates.sync(client=dana)
assert any(template.template == "running-late" for template in templates.templates)
minutes = Arguments()
minutes["minutes"] = ArgumentsAdditionalPropertyType2(minutes=15)
late = send_message.sync(
    chat,
    client=dana,
    body=TemplateBody(
        kind=TemplateBodyKind.TEMPLATE, template="running-late", version=1, arguments=minutes
    ),
)
(shown,) = list_messages.sync(chat, client=omar).messages
assert shown.content.template == "running-late" and shown.author == me_dana.id
acknowledge.sync_detailed(str(late.id), client=omar)
(receipt,) = list_receipts.sync(str(late.id), client=dana).recipients
assert receipt.person == me_omar.id and receipt.acknowledged_at

# Omar answers, and mends what he wrote.
answer = send_message.sync(chat, client=omar, body=text("Take gate 2", answers=late.id))
edit_message.sync(str(answer.id), client=omar, body=EditWanted(text="Take gate 3"))
newest = list_messages.sync(chat, client=dana).messages
assert any(getattr(message.edited, "text", None) == "Take gate 3" for message in newest)
found = search.sync(client=dana, words="gate")
assert [str(message.id) for message in found.messages] == [str(answer.id)]

# A group, and a broadcast to it.
group = create_group.sync(client=omar, body=GroupWanted(name="North", members=[me_dana.id]))
assert any(it.id == group.id for it in list_conversations.sync(client=dana).conversations)
number = int(group.id.split("-")[1])
told = send_broadcast.sync(
    client=omar,
    body=BroadcastWanted(
        to=Recipients(groups=[number], people=[people["ayo"].id]),
        message=text("The A2 is closed", priority=Priority.URGENT),
    ),
)
recipients = list_receipts.sync(str(told.id), client=omar).recipients
assert {it.person for it in recipients} == {me_dana.id, people["ayo"].id}

# A flat tyre.
opened = open_incident.sync(
    client=dana,
    body=IncidentWanted(category=IncidentCategory.BREAKDOWN, text="Flat tyre", priority=Priority.URGENT),
)
(case,) = list_cases.sync(client=omar).cases
assert case.conversation == opened.conversation and case.waiting_since
taken = assign_case.sync_detailed(opened.conversation, client=omar, body=Assignment(to=me_omar.id))
assert taken.status_code == 204
late_claim = assign_case.sync(opened.conversation, client=omar, body=Assignment(to=people["ines"].id))
assert late_claim.code == ProblemCode.OUTDATED, late_claim
send_message.sync(opened.conversation, client=omar, body=text("A tow truck comes"))
resolve_case.sync_detailed(opened.conversation, client=omar, body=Resolution(text="Towed"))
case = show_case.sync(opened.conversation, client=dana)
assert case.resolved_by == me_omar.id and case.assignee == me_omar.id

# What is not for her she does not learn of.
hidden = list_cases.sync(client=dana)
assert hidden.code == ProblemCode.NOT_ALLOWED and hidden.status == 403

# The feed tells everything once more, in the order of the record.
kinds, after = [], None
while True:
    page = list_events.sync(client=dana, limit=10, **({"after": after} if after else {}))
    kinds += [event.type_.removeprefix("waypost.") for event in page.events]
    after = page.next_
    if not page.more:
        break
wanted = ["text", "template", "acknowledgement", "text", "edit", "incident", "assigned", "resolved"]
rest = iter(kinds)
assert all(kind in rest for kind in wanted), kinds
print("the day is over")
