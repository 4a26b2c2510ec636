//! What the search among requests begins from: every resource, asked by someone who may, and frames for
//! `/v1/sync`.

use crate::seeds::{self, Seed};

const PLAIN: &[(&str, &str)] = &[
    ("me", "dana GET /v1/me"),
    ("people", "omar GET /v1/people?limit=2"),
    ("person", "omar GET /v1/people/1"),
    ("conversations", "dana GET /v1/conversations"),
    ("messages", "dana GET /v1/conversations/direct-1-2/messages?limit=5&before=90"),
    ("group", "dana GET /v1/conversations/group-1"),
    ("message", "omar GET /v1/messages/{message}"),
    ("receipts", "dana GET /v1/messages/{message}/receipts"),
    ("enrolments", "ines GET /v1/enrolments?person=1"),
    ("revoke", "ines DELETE /v1/enrolments/{spare}"),
    ("checkpoint", "ines GET /v1/audit/checkpoint"),
    ("verification", "ines GET /v1/audit/verification"),
    ("epoch", "operator POST /v1/epochs"),
    ("nobody", "nobody GET /v1/me"),
    ("basic", "nobody GET /v1/me\nAuthorization: Basic YQ=="),
    ("document", "nobody GET /openapi.json"),
    ("health", "nobody GET /healthz"),
    ("metrics", "operator GET /metrics"),
    ("edits", "omar GET /v1/messages/{message}/edits"),
    ("delete", "dana DELETE /v1/messages/{message}"),
    ("escalation", "dana GET /v1/messages/{message}/escalation"),
    ("stop", "dana DELETE /v1/messages/{message}/escalation"),
    ("presence", "omar GET /v1/presence"),
    ("notifications", "dana GET /v1/me/notifications"),
    ("unblock", "dana DELETE /v1/me/blocked/3"),
    ("tokens", "dana GET /v1/me/tokens"),
    ("cases", "omar GET /v1/cases?limit=2&after=1.1772440200000.dispatch-1"),
    ("case", "dana GET /v1/cases/dispatch-1"),
    ("chains", "omar GET /v1/chains"),
    ("coverages", "omar GET /v1/coverages"),
    ("shifts", "omar GET /v1/shifts?person=1&from=1772440200000&until=1772540200000"),
    ("templates", "dana GET /v1/templates"),
    ("search", "dana GET /v1/search?words=gate&kind=text&author=1&limit=3"),
    ("responses", "omar GET /v1/response-times?from=2026-03-01&until=2026-03-31"),
    ("events", "dana GET /v1/events?after=0.1&limit=3"),
    ("reports", "ines GET /v1/reports?state=judged&limit=2"),
    ("rules", "ines GET /v1/flag-rules"),
    ("stay", "dana DELETE /v1/conversations/direct-1-2/expiry"),
];

const JSON: &[(&str, &str, &str)] = &[
    ("add", "ines POST /v1/people", r#"{"handle":"ayo","name":"Ayo","role":"driver"}"#),
    ("open", "omar POST /v1/groups", r#"{"name":"South","members":[1,3]}"#),
    ("link", "omar POST /v1/enrolment-links", r#"{"handle":"dana"}"#),
    (
        "enrol",
        "nobody POST /v1/enrolments",
        r#"{"token":"{token}","device":"{id}","device_name":"T","public_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#,
    ),
    (
        "say",
        "dana POST /v1/conversations/direct-1-2/messages\nIdempotency-Key: {id}",
        r#"{"kind":"text","text":"Gate 4 is closed"}"#,
    ),
    (
        "template",
        "omar POST /v1/conversations/group-1/messages",
        r#"{"kind":"template","template":"running-late","version":1,"arguments":{"minutes":{"minutes":15}}}"#,
    ),
    ("join", "omar PUT /v1/groups/1/members/3", ""),
    ("leave", "omar DELETE /v1/groups/1/members/1", ""),
    ("acknowledge", "omar POST /v1/messages/{message}/acknowledgement", ""),
    ("backup", "operator POST /v1/backups", r#"{"file":"monday.db"}"#),
    ("edit", "dana POST /v1/messages/{message}/edits", r#"{"text":"Gate 5 is closed"}"#),
    (
        "tell",
        "omar POST /v1/broadcasts",
        r#"{"to":{"people":[1],"groups":[1],"on_call":true},"message":{"kind":"text","text":"Snow"}}"#,
    ),
    (
        "incident",
        "dana POST /v1/incidents\nIdempotency-Key: {id}",
        r#"{"category":"breakdown","text":"Flat tyre","place":{"latitude":52.5,"longitude":13.4}}"#,
    ),
    ("take", "omar PUT /v1/cases/dispatch-1/assignee", r#"{"to":2}"#),
    ("resolve", "omar PUT /v1/cases/dispatch-1/resolution", r#"{"text":"Done"}"#),
    (
        "chain",
        "omar PUT /v1/chains/1",
        r#"{"name":"Night","steps":[{"after_minutes":1,"to":{"people":[3]},"covering":true}]}"#,
    ),
    ("coverage", "omar PUT /v1/coverages/1", r#"{"name":"North","dispatchers":[2],"drivers":[1]}"#),
    (
        "shift",
        "omar POST /v1/shifts",
        r#"{"person":1,"from":1772440200000,"until":1772470200000,"on_call":true}"#,
    ),
    ("token", "dana POST /v1/me/tokens", r#"{"name":"CRM","scopes":["read"],"days":30}"#),
    (
        "mute",
        "dana PUT /v1/me/notifications/group-1",
        r#"{"hear":"nothing","until":4102444800000}"#,
    ),
    (
        "quiet",
        "dana PUT /v1/me/quiet-hours",
        r#"{"hours":{"from_minute":1320,"until_minute":360,"days":[1]},"breaks_through":"emergency"}"#,
    ),
    ("expiry", "dana PUT /v1/conversations/direct-1-2/expiry", r#"{"after_s":60}"#),
    ("report", "omar POST /v1/messages/{message}/reports", r#"{"reason":"spam","text":"Again"}"#),
    ("judge", "ines PUT /v1/reports/{message}/verdict", r#"{"verdict":"removed","text":"Rules"}"#),
    (
        "flag",
        "ines PUT /v1/flag-rules",
        r#"{"rules":[{"name":"Tone","words":["shut up"],"links":true,"direct":true}]}"#,
    ),
];

/// Tables of people.
const TABLES: &[(&str, &str, &str)] = &[
    ("csv", "text/csv", "handle,name,role,language\nlena,Lena,driver,de\n"),
    (
        "vcards",
        "text/vcard",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Tarik Yilmaz\r\nNICKNAME:tarik\r\nLANG:tr\r\nEND:VCARD\r\n",
    ),
    (
        "old vcards",
        "text/vcard",
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=81ukasz;A\r\nEND:VCARD\r\n",
    ),
];

/// Every resource, asked by someone who may, and frames for `/v1/sync`.
pub fn requests() -> Vec<Seed> {
    let mut seeds: Vec<Seed> =
        PLAIN.iter().map(|(name, head)| Seed::new(name, format!("{head}\n\n"))).collect();
    seeds.extend(JSON.iter().map(|(name, head, body)| {
        Seed::new(name, format!("{head}\nContent-Type: application/json\n\n{body}"))
    }));
    seeds.extend(TABLES.iter().map(|(name, media_type, table)| {
        let target = "ines POST /v1/people/imports?dry_run=true";
        Seed::new(name, format!("{target}\nContent-Type: {media_type}\n\n{table}"))
    }));
    for seed in seeds::uplinks() {
        let head = "dana POST /v1/sync\nContent-Type: application/cbor\n\n".as_bytes();
        seeds.push(Seed { bytes: [head, &seed.bytes].concat(), ..seed });
    }
    for (at, seed) in seeds::jsons().into_iter().take(4).enumerate() {
        let head = "dana POST /v1/sync\nContent-Type: application/json\n\n".as_bytes();
        seeds.push(Seed { bytes: [head, &seed.bytes].concat(), name: format!("json-{at}") });
    }
    seeds
}
